using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>Replies go where nothing has to be created for them.</summary>
public sealed partial class ForgedAddressTests(ForgedAddressTests.OneWorker system) : IClassFixture<ForgedAddressTests.OneWorker>
{
    private const string Envelope = "application/vnd.masstransit+json";

    private static readonly (string Endpoint, string Field, string Address)[] Forged =
    [
        ("predict", "responseAddress", "exchange:evil"),
        ("predict", "responseAddress", "queue:evil"),
        ("risk", "faultAddress", "queue:evil"),
        ("risk-durable", "responseAddress", "rabbitmq://elsewhere/evil"),
        ("predict-durable", "responseAddress", "{host}/predict-durable?bind=true&queue=evil"),
        ("predict", "responseAddress", "{host}/evil?temporary=true"),
        ("predict", "responseAddress", "{host}/evil_bus_abcdefghijklmnopqrstuvwxyz?temporary=true&bind=true&queue=evil"),
        ("predict", "responseAddress", "{host}/amq.rabbitmq.reply-to?bind=true&queue=evil"),
        ("predict", "responseAddress", "{host}/amq.rabbitmq.reply-to"),
    ];

    [Fact]
    public async Task ForgedAddresses_CreateNothingAndAreCounted()
    {
        using var counted = new Counters("coinsphere.forged_addresses");
        var caller = await Caller.ConnectAsync(system.Broker);
        var host = new UriBuilder(system.Broker.AdminUrl) { Scheme = "rabbitmq", UserName = "", Password = "" }.Uri.ToString();

        foreach (var (endpoint, field, address) in Forged)
        {
            await caller.SendAsync(endpoint, Request(field, address.Replace("{host}", host, StringComparison.Ordinal), "BTC"), Envelope);
        }

        await Until.True(() => counted.Sum == Forged.Length, "every message is counted");
        Assert.Equal("risk", (await caller.AskAsync("risk", """{"symbol":"BTC"}""")).Type);
        Assert.DoesNotContain((await system.Broker.QueuesAsync()).Keys, name => IsStrange(name));
        Assert.DoesNotContain(await system.Broker.ExchangesAsync(), name => IsStrange(name));
    }

    [Fact]
    public async Task UndecodableRequestWithForgedAddresses_IsKeptAndItsFaultGoesNowhere()
    {
        var caller = await Caller.ConnectAsync(system.Broker);

        await caller.SendAsync("predict", Request("responseAddress", "queue:evil", 5), Envelope);
        await caller.SendAsync("predict", Request("faultAddress", "exchange:evil", 5), Envelope);

        await system.Broker.TakeAsync("predict_error");
        await system.Broker.TakeAsync("predict_error");
        Assert.DoesNotContain((await system.Broker.QueuesAsync()).Keys, name => IsStrange(name));
        Assert.DoesNotContain(await system.Broker.ExchangesAsync(), name => IsStrange(name));
    }

    [Theory]
    [InlineData("models")]
    [InlineData("client.other.replies")]
    [InlineData("client.publisher.replies", false)]
    [InlineData("client.publisher")]
    [InlineData("amq.gen-of-somebody")]
    [InlineData("predict_error")]
    [InlineData("risk-durable")]
    [InlineData("event-log")]
    [InlineData("amq.rabbitmq.reply-to.of.nobody")]
    [InlineData("amq.rabbitmq.reply-to.g1h3DXJlcGx5QDEyMzQ1Njc=.a2V5")]
    public async Task PlainReplyToWhereNoReplyGoes_IsNotSent(string replyTo, bool named = true)
    {
        using var counted = new Counters("coinsphere.forged_addresses");
        var caller = await Caller.ConnectAsync(system.Broker);

        await caller.SendAsync("risk", """{"symbol":"BTC"}""", replyTo: replyTo, isNamed: named);

        await Until.True(() => counted.Sum == 1, "the message is counted");
        Assert.Equal("risk", (await caller.AskAsync("risk", """{"symbol":"BTC"}""")).Type);
        Assert.Null(await system.Broker.TryTakeAsync("models_skipped"));
        Assert.Null(await system.Broker.TryTakeAsync("models_error"));
    }

    [Fact]
    public async Task PlainReplyToProcessesOwnEndpoints_IsNotSent()
    {
        using var counted = new Counters("coinsphere.forged_addresses");
        var caller = await Caller.ConnectAsync(system.Broker);
        await using var gateway = await system.Broker.StartGatewayAsync();
        string[] own = [];
        await Until.True(
            async () => (own = [.. (await system.Broker.QueuesAsync()).Keys.Where(name => OwnQueue().IsMatch(name)).Order(StringComparer.Ordinal)]).Length == 3,
            "worker and gateway listen on their own endpoints");

        Assert.Equal(["CacheClear", "ModelUpdated", "ModelsReported"], own.Select(name => name.Split('-')[0]));
        foreach (var replyTo in own.Append("ModelsReported-of.another.kind"))
        {
            await caller.SendAsync("risk", """{"symbol":"BTC"}""", replyTo: replyTo);
        }

        await Until.True(() => counted.Sum == 4, "every message is counted");
        Assert.Equal("risk", (await caller.AskAsync("risk", """{"symbol":"BTC"}""")).Type);
        await gateway.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task InventedBusAddresses_CreateNothing()
    {
        const int Addresses = 400;
        using var rejected = new Counters("coinsphere.replies.rejected");
        var caller = await Caller.ConnectAsync(system.Broker);
        var host = new UriBuilder(system.Broker.AdminUrl) { Scheme = "rabbitmq", UserName = "", Password = "" }.Uri.ToString();

        for (var i = 0; i < Addresses; i++)
        {
            var address = $"{host}/some_host_bus_{i:00000000000000000000000000}?temporary=true";
            await caller.SendAsync("predict", Request("responseAddress", address, "BTC"), Envelope);
        }

        await Until.True(() => rejected.Sum == Addresses, () => $"{rejected.Sum} replies were not sent");
        Assert.Equal("risk", (await caller.AskAsync("risk", """{"symbol":"BTC"}""")).Type);
        Assert.DoesNotContain((await system.Broker.QueuesAsync()).Keys, IsStrange);
        Assert.DoesNotContain(await system.Broker.ExchangesAsync(), IsStrange);
        Assert.Null(await system.Broker.TryTakeAsync("predict_error"));
    }

    [Fact]
    public async Task PlainReplyToNobody_CreatesNothingAndTheWorkerGoesOn()
    {
        const string replyTo = "client.publisher.nobody-has-declared-this";
        var caller = await Caller.ConnectAsync(system.Broker);

        await caller.SendAsync("risk", """{"symbol":"BTC"}""", replyTo: replyTo);

        Assert.Equal("risk", (await caller.AskAsync("risk", """{"symbol":"BTC"}""")).Type);
        Assert.DoesNotContain(replyTo, (await system.Broker.QueuesAsync()).Keys);
    }

    [GeneratedRegex("^[A-Za-z]+-[0-9a-f]{32}$")]
    private static partial Regex OwnQueue();

    private static bool IsStrange(string name) => name.StartsWith("evil", StringComparison.Ordinal) || name.Contains("_bus_", StringComparison.Ordinal);

    private static string Request(string field, string address, object symbol) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["messageId"] = Guid.NewGuid(),
        ["requestId"] = Guid.NewGuid(),
        ["messageType"] = new[] { "urn:message:Coinsphere.Messaging.Contracts:PredictRequested", "urn:message:Coinsphere.Messaging.Contracts:RiskRequested" },
        ["message"] = new { symbol },
        [field] = address,
    });

    public sealed class OneWorker : IAsyncLifetime
    {
        private IHost? _worker;

        public Broker Broker { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Broker.InitializeAsync();
            // As the administrator: what is not created is so by the worker's own word, not for want of a permission.
            _worker = await Broker.StartWorkerAsync(url: Broker.AdminUrl);
        }

        public async ValueTask DisposeAsync()
        {
            if (_worker is not null)
            {
                await _worker.StopAsync();
                _worker.Dispose();
            }

            await Broker.DisposeAsync();
        }
    }
}
