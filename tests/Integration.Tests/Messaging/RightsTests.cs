using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>What each user of the definitions may do, and that it is what the documentation says.</summary>
public sealed class RightsTests(Broker broker) : IClassFixture<Broker>
{
    private const string Renew = "RENEW_RIGHTS";
    private const string Start = "<!-- rights: written by RightsTests -->\n";
    private const string End = "<!-- end of rights -->\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryUser_MayDoOnlyWhatTheDocumentationSays()
    {
        // What is bound in the attempt would lead the requests of other tests elsewhere.
        await using var tried = new Broker();
        await tried.InitializeAsync();
        var rights = await UserRights.TryAllAsync(tried);

        foreach (var user in rights)
        {
            // The right to declare is the right to delete, and to get that to purge.
            Assert.Equal(user.Declares, user.Deletes);
            Assert.Equal(user.Gets, user.Purges);
            Assert.Empty(user.Declares.Intersect(UserRights.Shared));
            Assert.DoesNotContain("client.other.x", user.Gets.Concat(user.Declares).Concat(user.Publishes));
            Assert.All(user.Gets.Where(name => name.StartsWith("client.", StringComparison.Ordinal)), name => Assert.Equal($"client.{user.User}.x", name));
        }

        var path = Path.Combine(Repository.Root, "docs", "rabbitmq.md");
        var text = await File.ReadAllTextAsync(path, Cancel);
        var (from, to) = (text.IndexOf(Start, StringComparison.Ordinal) + Start.Length, text.IndexOf(End, StringComparison.Ordinal));
        var table = "\n" + UserRights.Markdown(rights) + "\n";
        if (Environment.GetEnvironmentVariable(Renew) == "1")
        {
            await File.WriteAllTextAsync(path, text[..from] + table + text[to..], Cancel);
            return;
        }

        Assert.True(text[from..to] == table,
            $"docs/rabbitmq.md has another table than the broker gives; renew it with {Renew}=1 and see what changed:\n{table}");
    }

    [Theory]
    [InlineData(Broker.Publisher)]
    [InlineData(Broker.Prices)]
    [InlineData(Broker.Gateway)]
    [InlineData(Broker.Worker)]
    public async Task User_CannotDeleteASharedExchange(string user)
    {
        foreach (var exchange in (string[])["predict", "Coinsphere.Messaging.Contracts:PriceBarClosed", "events"])
        {
            await RefusedAsync(broker.Url(user), channel => channel.ExchangeDeleteAsync(exchange, cancellationToken: Cancel));
        }

        Assert.Superset(new HashSet<string> { "predict", "Coinsphere.Messaging.Contracts:PriceBarClosed", "events" },
            (await broker.ExchangesAsync()).ToHashSet());
    }

    [Fact]
    public async Task Publisher_CannotBindEventsIntoTheServicesInputs() => await RefusedAsync(
        broker.Url(Broker.Publisher), channel => channel.ExchangeBindAsync("predict-durable", "events", "#", cancellationToken: Cancel));

    [Fact]
    public async Task Listener_CannotBindEventsIntoTheServicesInputs() => await RefusedAsync(
        broker.Url(Broker.Dashboard), channel => channel.ExchangeBindAsync("predict-durable", "events", "#", cancellationToken: Cancel));

    [Theory]
    [InlineData("x-dead-letter-exchange", "Coinsphere.Messaging.Contracts:CacheClearRequested")]
    [InlineData("x-dead-letter-exchange", "")]
    public async Task QueueOfAUser_CannotSendWhereItMayNot(string argument, string exchange) => await RefusedAsync(
        broker.Url(Broker.Publisher),
        channel => channel.QueueDeclareAsync(
            "client.publisher.escape", durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { [argument] = exchange, ["x-dead-letter-routing-key"] = "event-log" }, cancellationToken: Cancel));

    [Fact]
    public async Task ExchangeOfAUser_CannotSendWhereItMayNot() => await RefusedAsync(
        broker.Url(Broker.Publisher),
        channel => channel.ExchangeDeclareAsync(
            "client.publisher.escape", ExchangeType.Fanout,
            arguments: new Dictionary<string, object?> { ["alternate-exchange"] = "Coinsphere.Messaging.Contracts:CacheClearRequested" },
            cancellationToken: Cancel));

    [Fact]
    public async Task UserId_IsTheSendersOwn()
    {
        var channel = await broker.ChannelAsync(broker.Url(Broker.Publisher));

        var refused = await Assert.ThrowsAnyAsync<OperationInterruptedException>(() => channel.BasicPublishAsync(
            "predict", "", mandatory: true,
                new BasicProperties { UserId = Broker.Dashboard, ReplyTo = "client.dashboard.x" }, "{}"u8.ToArray(), Cancel).AsTask());

        Assert.Equal(406, refused.ShutdownReason!.ReplyCode);
    }

    [Fact]
    public async Task ConfirmedMessageToAMissingExchange_IsAnErrorOfItsSender()
    {
        var admin = await broker.ChannelAsync();
        await admin.ExchangeDeleteAsync("Coinsphere.Messaging.Contracts:RiskRequested", cancellationToken: Cancel);
        await using var publisher = await broker.StartPublisherAsync();
        var bus = (MassTransit.IBusControl)publisher.GetService(typeof(MassTransit.IBusControl))!;

        var failure = await Assert.ThrowsAsync<Client.DefinitionsMissingException>(() => bus.Publish(new Contracts.RiskRequested("BTC"), Cancel));

        Assert.Contains("the broker has no exchange Coinsphere.Messaging.Contracts:RiskRequested: import", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Coinsphere.Messaging.Contracts:RiskRequested", await broker.ExchangesAsync());
        await broker.ImportAsync();
        await bus.Publish(new Contracts.RiskRequested("BTC"), Cancel);
        Assert.NotNull(await broker.TakeAsync("risk-durable"));
        await bus.StopAsync(Cancel);
    }

    [Fact]
    public async Task ClientOfItsOwn_AsksAndReceives_AndReadsNobodyElsesQueue()
    {
        var (asks, listens) = ($"asks-{Guid.NewGuid():N}", $"listens-{Guid.NewGuid():N}");
        await MakeAsync(asks, "asks");
        await MakeAsync(listens, "listens");
        using var worker = await broker.StartWorkerAsync();
        var listening = await broker.ChannelAsync(Url(listens));
        await listening.QueueDeclareAsync($"client.{listens}.events", durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancel);
        await listening.QueueBindAsync($"client.{listens}.events", "events", "prediction.#", cancellationToken: Cancel);
        var asking = await broker.ChannelAsync(Url(asks));
        await asking.QueueDeclareAsync($"client.{asks}.replies", durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancel);

        await asking.BasicPublishAsync(
            "predict", "", mandatory: true,
                new BasicProperties { UserId = asks, ReplyTo = $"client.{asks}.replies" }, """{"symbol":"BTC"}"""u8.ToArray(), Cancel);

        var reply = await broker.TakeAsync($"client.{asks}.replies");
        Assert.True(reply.BasicProperties.Type == "prediction", System.Text.Encoding.UTF8.GetString(reply.Body.Span));
        Assert.Equal("prediction", (await broker.TakeAsync($"client.{listens}.events")).BasicProperties.Type);
        await RefusedAsync(Url(asks), channel => channel.BasicGetAsync($"client.{listens}.events", autoAck: true, Cancel));
        await RefusedAsync(Url(asks), channel => channel.QueueBindAsync($"client.{asks}.replies", "events", "#", cancellationToken: Cancel));
        await RefusedAsync(Url(listens), channel => channel.BasicGetAsync($"client.{asks}.replies", autoAck: true, Cancel));
        await RefusedAsync(Url(listens), channel => channel.BasicPublishAsync("predict", "", ReadOnlyMemory<byte>.Empty, Cancel).AsTask());
        await worker.StopAsync(Cancel);
    }

    [Theory]
    [InlineData("a.b", "asks")]
    [InlineData("worker", "asks")]
    [InlineData("alice", "writes")]
    [InlineData("alice\",", "asks")]
    public async Task ClientWithAWrongName_IsRefused(string name, string kind)
    {
        var made = await CommandLine.RunAsync(Path.Combine(Repository.Root, "rabbitmq", "client"), [name, kind]);

        Assert.Equal((2, ""), (made.Code, made.Output));
    }

    private async Task MakeAsync(string name, string kind)
    {
        var made = await CommandLine.RunAsync(Path.Combine(Repository.Root, "rabbitmq", "client"), [name, kind],
            environment: [("PASSWORD", "secret of a client")]);
        Assert.True(made.Code == 0, made.Errors);
        await broker.ImportAsync(made.Output);
    }

    private string Url(string user) => new UriBuilder(broker.AdminUrl) { UserName = user, Password = "secret%20of%20a%20client" }.Uri.ToString();

    private async Task RefusedAsync(string url, Func<IChannel, Task> act)
    {
        var channel = await broker.ChannelAsync(url);
        var refused = await Assert.ThrowsAnyAsync<OperationInterruptedException>(() => act(channel));
        Assert.Equal(403, refused.ShutdownReason!.ReplyCode);
    }
}
