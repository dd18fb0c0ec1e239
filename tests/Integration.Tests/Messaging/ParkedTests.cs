using System.Text;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging.Parked;
using Coinsphere.Messaging.Integration.Tests.Records;
using Coinsphere.Messaging.Worker.Health;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary><c>parked</c> as an operator runs it, as the worker's user.</summary>
public sealed class ParkedTests(Broker broker) : IClassFixture<Broker>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MessagesThatWereSetAside_AreListed_AndPutBack()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var worker = await broker.StartWorkerAsync(database: database.ConnectionString);
        await worker.Services.GetRequiredService<DatabaseReady>().WaitAsync(Cancel);
        await database.ExecuteAsync("""
            create function no_rows() returns trigger language plpgsql as $$ begin raise exception 'no rows today'; end $$;
            create trigger no_rows before insert on predictions for each row execute function no_rows();
            """);
        var bus = worker.Services.GetRequiredService<IBus>();
        await Task.WhenAll(Enumerable.Range(1, 7).Select(i => bus.RecordAsync(new PredictionCompleted(Predictions.Answer("BTC", $"parked-{i}")))));
        await CountAsync("prediction-records_error", 7);

        var listed = await RunAsync("list");
        Assert.Equal((0, ""), (listed.Code, listed.Errors));
        Assert.Matches(@"prediction-records_error +7  since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ", listed.Output);
        Assert.Matches(@"\n  BTC parked-\d 7d: P0001: no rows today\n", listed.Output);
        Assert.Contains("  and 2 more", listed.Output, StringComparison.Ordinal);
        await CountAsync("prediction-records_error", 7);

        var again = await RunAsync("retry", "prediction-records", "--limit", "3");
        Assert.Matches(@"prediction-records_error +3 put back to prediction-records", again.Output);
        // They fail again, and wait again.
        await CountAsync("prediction-records_error", 7);
        await NotedAsync(worker.Services.GetRequiredService<IBus>(), "7 in prediction-records_error");

        await database.ExecuteAsync("drop trigger no_rows on predictions");
        var retried = await RunAsync("retry", "--all");
        Assert.Contains("7 put back", retried.Output, StringComparison.Ordinal);
        await database.UntilAsync("select count(*) = 7 from predictions where id like 'parked-%'");
        await CountAsync("prediction-records_error", 0);
        Assert.DoesNotContain("prediction-records", (await RunAsync("list")).Output, StringComparison.Ordinal);
        await worker.StopAsync(Cancel);
    }

    [Fact]
    public async Task MessageThatIsPutBack_IsAsItWasSent()
    {
        var channel = await broker.ChannelAsync();
        var user = new Uri(TestServers.RabbitMq).UserInfo.Split(':')[0];
        await channel.QueueDeclareAsync(
            "retrain_dead",
            durable: true,
            exclusive: false,
            autoDelete: false,
            arguments: new Dictionary<string, object?> { ["x-queue-type"] = "quorum" },
            cancellationToken: Cancel);
        var properties = new BasicProperties
        {
            ContentType = "application/json",
            CorrelationId = "mine",
            UserId = user,
            Expiration = "600000",
            Headers = new Dictionary<string, object?>
            {
                ["mine"] = "kept",
                ["MT-Fault-Message"] = "it failed",
                ["MT-Reason"] = "fault",
                ["x-death"] = new List<object?> { new Dictionary<string, object?> { ["reason"] = "delivery_limit" } },
            },
        };
        await channel.BasicPublishAsync("", "retrain_dead", mandatory: true, properties, """{"symbol":"BTC"}"""u8.ToArray(), Cancel);

        var retried = await RunAsync("retry", "retrain");

        Assert.Equal((0, ""), (retried.Code, retried.Errors));
        var taken = await broker.TakeAsync("retrain");
        Assert.Equal("""{"symbol":"BTC"}""", Encoding.UTF8.GetString(taken.Body.Span));
        Assert.Equal(
            ("application/json", "mine", null, null),
            (taken.BasicProperties.ContentType, taken.BasicProperties.CorrelationId, taken.BasicProperties.UserId, taken.BasicProperties.Expiration));
        Assert.Equal(["mine"], taken.BasicProperties.Headers!.Keys.Where(name => !name.StartsWith("x-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task EndpointThatTakesNothing_LosesNothing()
    {
        var channel = await broker.ChannelAsync();
        await channel.QueueUnbindAsync("risk-durable", "risk-durable", "", null, Cancel);
        await channel.BasicPublishAsync("", "risk-durable_dead", "{}"u8.ToArray(), Cancel);

        var retried = await RunAsync("retry", "risk-durable");

        Assert.Equal(1, retried.Code);
        Assert.Equal("risk-durable_dead: 0 put back, then endpoint risk-durable accepted no more: it has no queue\n", retried.Errors);
        await CountAsync("risk-durable_dead", 1);
    }

    [Theory]
    [InlineData("amqp://worker:s3cret@HOST", "it refuses user 'worker' with this password")]
    [InlineData("amqp://worker:s3cret@127.0.0.1:1/coins", "The broker 127.0.0.1:1 (RABBITMQ_URL) cannot be used: ")]
    [InlineData("http://worker:s3cret@127.0.0.1/", "RabbitMq:Url (RABBITMQ_URL) is not a RabbitMQ URL")]
    public async Task BrokerThatCannotBeUsed_IsSaidInALine(string url, string expected)
    {
        var address = new Uri(broker.AdminUrl);
        var run = await RunAsync("list", "--broker", url.Replace("HOST", address.Authority + address.AbsolutePath, StringComparison.Ordinal));

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
        Assert.Single(run.Errors.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("s3cret", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Expected endpoints, or --all")]
    [InlineData("'nowhere' is no endpoint: expected predict, ", "nowhere")]
    [InlineData("Expected endpoints, or --all", "retrain", "--all")]
    [InlineData("--limit is 0: expected 1 or more", "retrain", "--limit", "0")]
    public async Task RetryOfNothing_SaysWhatItTakes(string expected, params string[] arguments)
    {
        var run = await RunAsync(["retry", .. arguments]);

        Assert.NotEqual(0, run.Code);
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
    }

    private async Task NotedAsync(IBus bus, string expected)
    {
        using var conditions = new Conditions(TimeProvider.System, NullLogger<Conditions>.Instance);
        var configuration = new ConfigurationManager { ["RabbitMq:Url"] = broker.Url(Broker.Worker) };
        using var watch = new QueueWatch(
            bus,
            configuration,
            new Parkings(TimeProvider.System, NullLogger<Parkings>.Instance),
            conditions,
            TimeProvider.System);
        await watch.StartAsync(Cancel);
        await Until.True(() => conditions.Notes.Any(note => note.Contains(expected, StringComparison.Ordinal)), expected);
        await watch.StopAsync(Cancel);
    }

    private Task CountAsync(string queue, uint count) => Until.True(async () => await TryCountAsync(queue) == count, $"{count} in {queue}");

    private async Task<uint?> TryCountAsync(string queue)
    {
        try
        {
            return await broker.CountAsync(queue);
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return null;
        }
    }

    private Task<CommandResult> RunAsync(params string[] arguments) =>
        CommandLine.RunOwnAsync("Standalone", ["parked", .. arguments], environment: [("RABBITMQ_URL", broker.Url(Broker.Worker))]);
}
