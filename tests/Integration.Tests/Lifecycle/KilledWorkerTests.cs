using System.Net.Http.Json;
using System.Text.Json;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>Workers that die while others go on.</summary>
public sealed class KilledWorkerTests(LiveBroker live) : IClassFixture<LiveBroker>
{
    private RabbitMqServer Server => live.Server;

    [Fact]
    public async Task WorkerKilledInsideABatch_CostsNoItem()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var victim = await ServiceProcess.StartWorkerAsync(Server.Url(Broker.Worker));
        await using var other = await ServiceProcess.StartWorkerAsync(Server.Url(Broker.Worker));
        var (gateway, http) = await ServiceProcess.StartGatewayAsync(Server.Url(Broker.Gateway));
        await using var _ = gateway;
        await Until.True(async () => (await http.GetAsync("/health/ready", cancel)).IsSuccessStatusCode, "the gateway is ready");

        // It holds what it has fetched and answers none of it.
        victim.Pause();
        var batch = http.PostAsJsonAsync("/risk-score/batch", new { symbols = Enumerable.Range(0, 200).Select(i => $"S{i}") }, cancel);
        await Until.True(async () => await Server.MessagesAsync("risk") is > 0 and < 20, "only what the paused worker fetched is left");
        await victim.KillAsync();

        var response = await batch;
        var results = (await response.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(200, results.Length);
        Assert.All(results, item => Assert.True(item.TryGetProperty("answer", out var _), item.ToString()));
    }
}
