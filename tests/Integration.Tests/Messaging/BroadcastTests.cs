using System.Net;
using System.Text.Json.Nodes;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>A broadcast that a process cannot read costs that broadcast and nothing else, with the rights that the processes have.</summary>
public sealed class BroadcastTests(BroadcastTests.System system) : IClassFixture<BroadcastTests.System>
{
    private const string Contracts = "Coinsphere.Messaging.Contracts:";
    private const string Envelope = "application/vnd.masstransit+json";

    public static TheoryData<string, string?, string> Unreadable { get; } = new()
    {
        { "ModelsReported", Envelope, Mistyped("ModelsReported", "symbols") },
        { "ModelsReported", Envelope, Mistyped("ModelsReported", "worker_id") },
        { "ModelsReported", Envelope, Bodies.Without("ModelsReported", "worker_id") },
        { "ModelsReported", Envelope, Bodies.Of("PredictionCompleted").ToJsonString() },
        { "ModelsReported", Envelope, "not an envelope" },
        { "ModelsReported", "text/plain", "hello" },
        { "ModelsReported", null, "" },
        { "ModelUpdated", Envelope, Mistyped("ModelUpdated", "symbol") },
        { "ModelUpdated", "application/json", """{"symbol":5}""" },
        { "CacheClearRequested", Envelope, Mistyped("CacheClearRequested", "symbol") },
        { "CacheClearRequested", null, "[" },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task UnreadableBroadcast_IsDroppedAndCounted_AndRequestsGoOn(string message, string? contentType, string body)
    {
        using var dropped = new Counters("coinsphere.broadcasts.unreadable");
        var sender = await Caller.ConnectAsync(system.Broker, system.Broker.AdminUrl);

        for (var sent = 1; sent <= 3; sent++)
        {
            await sender.SendAsync(Contracts + message, body, contentType);
            var expected = sent;
            await Until.True(() => dropped.Sum == expected, () => $"{expected} are dropped, {dropped.Sum} were");
            Assert.Equal(HttpStatusCode.OK, await system.AskAsync());
        }

        // One that came again would be counted again.
        Assert.Equal(3, dropped.Sum);
        Assert.Equal(HttpStatusCode.OK, await system.ReadyAsync());
        Assert.DoesNotContain(
            (await system.Broker.QueuesAsync()).Keys,
            name => name.StartsWith(message, StringComparison.Ordinal) && name.Contains('_', StringComparison.Ordinal));
    }

    [Fact]
    public async Task PlainBroadcasts_AreRead()
    {
        using var dropped = new Counters("coinsphere.broadcasts.unreadable");
        var sender = await Caller.ConnectAsync(system.Broker, system.Broker.AdminUrl);
        await Until.True(() => system.Holds("SOL"), "the worker has loaded SOL");

        await sender.SendAsync(Contracts + "CacheClearRequested", """{"symbol":"SOL"}""");
        await Until.True(() => !system.Holds("SOL"), "the worker has dropped SOL");
        await sender.SendAsync(Contracts + "ModelUpdated", """{"symbol":"SOL"}""", contentType: null);
        await Until.True(() => system.Holds("SOL"), "the worker has read SOL");

        Assert.Equal(0, dropped.Sum);
    }

    [Fact]
    public async Task GatewayThatMayNotHearBroadcasts_AnswersAndIsReady()
    {
        const string Exchanges = "^(predict|predict-ensemble|risk|portfolio-risk|models|prices|records)$";
        await system.Broker.PermitAsync(Broker.Gateway, Exchanges, Exchanges, "^$");

        await system.Broker.CloseConnectionsAsync();

        await Until.True(
            async () => await system.AskAsync() == HttpStatusCode.OK && await system.ReadyAsync() == HttpStatusCode.OK,
            "the gateway answers and is ready");
        Assert.DoesNotContain((await system.Broker.QueuesAsync()).Keys, name => name.StartsWith("ModelsReported-", StringComparison.Ordinal));
        for (var asked = 0; asked < 20; asked++)
        {
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await system.AskAsync(), await system.ReadyAsync()));
        }

        await system.Broker.PermitAsync(Broker.Gateway, ".*", ".*", ".*");
        await Until.True(
            async () => (await system.Broker.QueuesAsync()).Keys.Any(name => name.StartsWith("ModelsReported-", StringComparison.Ordinal)),
            "the gateway listens again");
    }

    private static string Mistyped(string message, string field) => Bodies.With(message, field, JsonValue.Create(5));

    /// <summary>A gateway and a worker that are ready.</summary>
    public sealed class System : RunningSystem
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await Until.True(async () => await ReadyAsync() == HttpStatusCode.OK, "the gateway is ready");
        }

        public bool Holds(string symbol) => Worker!.Services.GetRequiredService<ModelStore>().LoadedSymbols.Contains(symbol);

        /// <summary>Asks what no cache has the answer to.</summary>
        public async Task<HttpStatusCode> AskAsync()
        {
            using var response = await Http.GetAsync("/models/BTC", TestContext.Current.CancellationToken);
            return response.StatusCode;
        }

        public async Task<HttpStatusCode> ReadyAsync()
        {
            using var response = await Http.GetAsync("/health/ready", TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }
}
