using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>Streams while the broker goes and comes back.</summary>
[Collection(RunsAlone.Name)]
public sealed class StreamRestartTests(LiveBroker live)
{
    private const string Path = "/api/v1/stream/predictions?timeframe=30d";

    [Fact]
    public async Task OpenStream_GoesOnAfterTheBrokerWasKilled_WithoutGapOrDouble()
    {
        var broker = live.Server;
        await using var worker = await ServiceProcess.StartWorkerAsync(broker.Url(Broker.Worker));
        var (process, http) = await ServiceProcess.StartGatewayAsync(broker.Url(Broker.Gateway));
        await using var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();
        await using var stream = await EventStream.OpenAsync(http, Path);
        Assert.Equal("BTC", await AskAsync(http, "BTC"));
        var first = await stream.NextAsync();
        await broker.FlushAsync();

        await broker.KillAsync();
        await Until.True(async () => !await gateway.IsReadyAsync(), "the gateway is not ready");
        await broker.StartAsync();
        await Until.True(gateway.IsReadyAsync, "the gateway is ready again");
        await Until.True(async () => await AskAsync(http, "ETH") == "ETH", "it answers");

        var second = await stream.NextAsync();
        Assert.Equal(("prediction", "ETH"), (second.EventType, Symbol(second.Data)));
        await using var resumed = await EventStream.OpenAsync(http, Path, first.EventId);
        Assert.Equal(second.EventId, (await resumed.NextAsync()).EventId);
    }

    private static async Task<string?> AskAsync(HttpClient http, string symbol)
    {
        using var response = await http.PostAsync(
            "/predict", JsonContent.Create(new { symbol, timeframe = "30d" }), TestContext.Current.CancellationToken);
        return response.StatusCode == HttpStatusCode.OK ? Symbol(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)) : null;
    }

    private static string? Symbol(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("symbol").GetString();
    }
}
