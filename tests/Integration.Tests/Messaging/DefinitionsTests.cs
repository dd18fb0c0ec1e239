using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>An administrator deletes what the definitions declare, and imports them again.</summary>
public sealed class DefinitionsTests(DefinitionsTests.System system) : IClassFixture<DefinitionsTests.System>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DeletedExchange_IsRefusedAtOnce_AndReadinessSaysSo_UntilTheImport()
    {
        var admin = await system.Broker.ChannelAsync();
        await system.UntilReadyAsync();
        await admin.ExchangeDeleteAsync("predict", cancellationToken: Cancel);

        var started = Stopwatch.GetTimestamp();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await system.AskAsync());
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(3), "the caller waits for nothing");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await system.AskAsync());
        await Until.True(async () => await system.ReasonsAsync() is { } reasons
            && reasons.Contains("definitions: the broker has no exchange predict: import rabbitmq/definitions.json again"), "readiness says so");
        Assert.DoesNotContain("predict", await system.Broker.ExchangesAsync());

        await system.Broker.ImportAsync();
        await system.UntilReadyAsync();
        Assert.Equal(HttpStatusCode.OK, await system.AskAsync());
    }

    [Fact]
    public async Task DeletedQueue_IsRefusedAtOnce_AndConsumedAgainAfterTheImport()
    {
        var admin = await system.Broker.ChannelAsync();
        await system.UntilReadyAsync();
        await admin.QueueDeleteAsync("predict", ifUnused: false, ifEmpty: false, cancellationToken: Cancel);

        var started = Stopwatch.GetTimestamp();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await system.AskAsync());
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(3), "the caller waits for nothing");
        await Until.True(async () => (await system.ReasonsAsync()).Any(
            reason => reason.StartsWith("definitions: the broker has no queue", StringComparison.Ordinal)));

        await system.Broker.ImportAsync();
        await Until.True(async () => await system.AskAsync() == HttpStatusCode.OK, "the worker consumes again");
        await system.UntilReadyAsync();
    }

    [Fact]
    public async Task DeletedBinding_IsRefusedAtOnce_AndReadinessSaysSo()
    {
        var admin = await system.Broker.ChannelAsync();
        await system.UntilReadyAsync();
        await admin.QueueUnbindAsync("predict", "predict", "", cancellationToken: Cancel);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await system.AskAsync());
        await Until.True(async () => (await system.ReasonsAsync()).Any(
            reason => reason.StartsWith("definitions: the broker has no queue for requests to predict: import", StringComparison.Ordinal)));

        await system.Broker.ImportAsync();
        Assert.Equal(HttpStatusCode.OK, await system.AskAsync());
        await system.UntilReadyAsync();
    }

    [Fact]
    public async Task BrokerWithoutDefinitions_IsSetUpByAUserWithAllRights()
    {
        await using var empty = new Broker { HasDefinitions = false };
        await empty.InitializeAsync();
        using var worker = await empty.StartWorkerAsync(url: empty.AdminUrl);
        await using var gateway = await empty.StartGatewayAsync(empty.AdminUrl);
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        await Until.True(async () => (await http.GetAsync("/health/ready", Cancel)).StatusCode == HttpStatusCode.OK, "the gateway is ready");
        using var answer = await http.PostAsJsonAsync("/predict", new { symbol = "BTC" }, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Until.True(async () => (await empty.ExchangesAsync()).Contains("Coinsphere.Messaging.Contracts:PredictionCompleted"), "the answer is published");
        await empty.DeclareAsync("client.events", "Coinsphere.Messaging.Contracts:PredictionCompleted");
        await using var publisher = await empty.StartPublisherAsync(new Uri(empty.AdminUrl));
        var bus = (MassTransit.IBusControl)publisher.GetService(typeof(MassTransit.IBusControl))!;
        await bus.Publish(new PredictRequested("ETH"), Cancel);
        Assert.NotNull(await empty.TakeAsync("client.events"));
        Assert.Contains("predict-durable_dead", (await empty.QueuesAsync()).Keys);
        await bus.StopAsync(Cancel);
        await worker.StopAsync(Cancel);
    }

    // Gateway and worker are updated before the definitions.
    [Fact]
    public async Task EarlierDefinitions_ServeNewerProcesses()
    {
        await using var earlier = new Broker();
        await earlier.InitializeAsync();
        await earlier.PermitAsync(Broker.Worker, EarlierRights.WorkerConfigures, EarlierRights.WorkerWrites, EarlierRights.WorkerReads);
        await earlier.PermitAsync(Broker.Gateway, EarlierRights.GatewayConfigures, EarlierRights.GatewayWrites, EarlierRights.GatewayReads);
        var admin = await earlier.ChannelAsync();
        foreach (var added in (string[])["predict_error", "predict_skipped"])
        {
            await admin.QueueDeleteAsync(added, ifUnused: false, ifEmpty: false, cancellationToken: Cancel);
            await admin.ExchangeDeleteAsync(added, cancellationToken: Cancel);
        }

        using var worker = await earlier.StartWorkerAsync();
        await using var gateway = await earlier.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        await Until.True(async () => (await http.GetAsync("/health/ready", Cancel)).StatusCode == HttpStatusCode.OK, "the gateway is ready");
        using var answer = await http.PostAsJsonAsync("/predict", new { symbol = "BTC" }, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var caller = await Caller.ConnectAsync(earlier);
        Assert.Equal("refusal", (await caller.AskAsync("predict", "{")).Type);
        Assert.NotNull(await earlier.TakeAsync("predict_error"));
        await worker.StopAsync(Cancel);
    }

    /// <summary>A gateway and a worker whose definitions are deleted and imported again.</summary>
    public sealed class System : RunningSystem
    {
        private int _asked;

        public System() => Http.Timeout = TimeSpan.FromSeconds(60);

        /// <summary>Asks what no cache has the answer to.</summary>
        public async Task<HttpStatusCode> AskAsync()
        {
            var day = new DateOnly(2024, 1, 1).AddDays(Interlocked.Increment(ref _asked));
            using var response = await Http.PostAsJsonAsync("/predict", new { symbol = "BTC", asOf = day.ToString("yyyy-MM-dd", null) }, Cancel);
            return response.StatusCode;
        }

        public async Task<string[]> ReasonsAsync()
        {
            using var response = await Http.GetAsync("/health/ready", Cancel);
            using var json = await response.Content.ReadFromJsonAsync<global::System.Text.Json.JsonDocument>(Cancel);
            return [.. json!.RootElement.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()!)];
        }

        public Task UntilReadyAsync() => Until.True(async () => (await ReasonsAsync()).Length == 0, "the gateway is ready");
    }
}
