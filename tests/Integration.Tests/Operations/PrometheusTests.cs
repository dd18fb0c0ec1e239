using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Coinsphere.Messaging.Integration.Tests.Lifecycle;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;

namespace Coinsphere.Messaging.Integration.Tests.Operations;

/// <summary>What <c>deploy/prometheus</c> and <c>deploy/grafana</c> make of a gateway and a worker that run.</summary>
[Collection(RunsAlone.Name)]
public sealed class PrometheusTests(LiveBroker live)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task PanelsAndAlerts_ShowTheRunningSystem()
    {
        var (workerPort, gatewayPort) = (Ports.Free(), Ports.Free());
        await using var store = new FileStore();
        var yesterday = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-1);
        // BTC's nobody adds to; of SOL there are too few.
        store.WritePrices("BTC", SyntheticSeries.Generate("BTC", new(2024, 12, 31)));
        store.WritePrices("ETH", SyntheticSeries.Generate("ETH", yesterday));
        store.WritePrices("SOL", SyntheticSeries.Generate("SOL", yesterday)[^40..]);
        await using var redis = new RedisServer();
        await redis.StartAsync();
        (string, string)[] cache =
        [
            ("REDIS_HOST", "127.0.0.1"), ("REDIS_PORT", redis.Port.ToString(CultureInfo.InvariantCulture)), ("Redis__Timeout", "00:00:02"),
        ];
        await using var worker = await ServiceProcess.StartWorkerAsync(
            live.Server.Url(Broker.Worker),
            [
                MetricsPort(workerPort), ("Prices__Folder", store.Prices), ("Prices__MaxAge", "36500.00:00:00"), ("Records__File", store.File),
                ("Records__ScoreEvery", "00:00:01"), ("Schedule__Every", "06:00:00"), ("Schedule__Spread", "00:00:00"), ("Alerts__AllowPrivate", "true"),
                .. cache,
            ]);
        var (process, http) = await ServiceProcess.StartGatewayAsync(live.Server.Url(Broker.Gateway), [MetricsPort(gatewayPort), .. cache]);
        await using var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();
        await using var listener = await EventStream.OpenAsync(http, "/api/v1/stream/predictions");
        await RecordAsync(http, store);
        await WatchAsync(http);
        await using var prometheus = await RunningPrometheus.StartAsync(workerPort, gatewayPort);

        // Queries that would be answered without a series of the service too say nothing of it.
        (string, string)[] own =
        [
            ("queues", """coinsphere_queue_length{endpoint="predict"}"""), ("parked", """coinsphere_parked_waiting{endpoint="predict"} == 0"""),
            ("prices", """coinsphere_prices_age_days{symbol="BTC"} > 600"""), ("models", """coinsphere_models_age_days{symbol="BTC"} > 0"""),
            ("refusals", """coinsphere_refusals_total{reason="unsupported_symbol"}"""),
            ("outcomes", """coinsphere_outcomes_scored{symbol="ETH",timeframe="7d"} == 1"""),
            ("ranges", """coinsphere_outcomes_in_range_expected{symbol="ETH",timeframe="7d"} == 0.9"""),
            ("questions", "coinsphere_schedule_questions_total > 0"), ("schedule", "coinsphere_schedule_deadline_seconds > time() - 60"),
            ("scheduled refusals", """coinsphere_schedule_refusals_total{reason="insufficient_history"}"""),
            ("alerts", """coinsphere_alerts_raised_total{condition="probability_above"} == 1"""),
            ("webhooks", """coinsphere_webhooks_posts_total{result="failed"} > 0"""), ("parked webhooks", "coinsphere_webhooks_parked == 0"),
            ("streams", """coinsphere_streams_listeners{transport="sse",channel="predictions"} == 1"""),
            ("ages", """coinsphere_queue_duration_seconds_count{endpoint="predict-durable"} > 0"""),
        ];
        (string Title, string Expression)[] panels = [.. Panels(), .. own];
        Assert.True(panels.Length > 50);
        var silent = new List<string>();
        await Until.True(
            async () =>
            {
                await AskAsync(http);
                silent.Clear();
                foreach (var (title, expression) in panels)
                {
                    if (await prometheus.QueryAsync(expression) is [])
                    {
                        silent.Add($"{title}: {expression}");
                    }
                }

                return silent.Count == 0;
            },
            () => $"every panel has a series, but {string.Join("; ", silent)}",
            Limit);

        await FiresAsync(prometheus, "PricesOld", "BTC lacks the bars of the last ");
        await worker.KillAsync();
        await FiresAsync(prometheus, "NoWorker", "No worker runs");
        await FiresAsync(prometheus, "ProcessDown", $"127.0.0.1:{workerPort} of coinsphere-worker does not answer");
    }

    [Fact]
    public async Task EachAlert_HasACaseThatHolds()
    {
        var folder = Path.Combine(Repository.Root, "deploy", "prometheus");
        var tested = await CommandLine.RunAsync("promtool", ["test", "rules", "alerts.test.yml"], folder: folder);
        Assert.True(tested.Code == 0, tested.Output + tested.Errors);

        var rules = Names(await File.ReadAllLinesAsync(Path.Combine(folder, "alerts.yml"), TestContext.Current.CancellationToken), "- alert: ");
        var cases = Names(await File.ReadAllLinesAsync(Path.Combine(folder, "alerts.test.yml"), TestContext.Current.CancellationToken), "- name: ");
        Assert.Equal(rules, cases);
        var operations = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"), TestContext.Current.CancellationToken);
        Assert.All(rules, rule => Assert.Contains($"\n### {rule}\n", operations, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ScrapeConfiguration_IsValid()
    {
        var checkedConfig = await CommandLine.RunAsync(
            "promtool", ["check", "config", "prometheus.yml"], folder: Path.Combine(Repository.Root, "deploy", "prometheus"));

        Assert.True(checkedConfig.Code == 0, checkedConfig.Output + checkedConfig.Errors);
    }

    private static Task FiresAsync(RunningPrometheus prometheus, string name, string summary)
    {
        IReadOnlyList<(string Name, string Summary)> firing = [];
        return Until.True(
            async () => (firing = await prometheus.FiringAsync())
                .Any(alert => alert.Name == name && alert.Summary.StartsWith(summary, StringComparison.Ordinal)),
            () => $"{name} fires with '{summary}', but only {string.Join("; ", firing)}",
            Limit);
    }

    // A prediction of two weeks ago: asked for today, and then moved to its day.
    private static async Task RecordAsync(HttpClient http, FileStore store)
    {
        var day = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-15);
        using var response = await http.PostAsJsonAsync("/predict", new { symbol = "ETH", asOf = day }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var ofTheDay = $"features ->> 'data_as_of' = '{day:yyyy-MM-dd}'";
        await store.UntilAsync($"select count(*) = 1 from predictions where {ofTheDay}");
        await store.ExecuteAsync($"update predictions set created_at = '{day.AddDays(1):yyyy-MM-dd}T08:00:00.000000Z' where {ofTheDay}");
    }

    // A rule whose alerts nobody takes: nothing listens on port 1.
    private static async Task WatchAsync(HttpClient http)
    {
        var rule = new { symbol = "BTC", when = "probability_above", value = 0.01, @class = "bullish", webhook = "http://127.0.0.1:1/hook" };
        using var response = await http.PostAsJsonAsync("/api/v1/alerts/rules", rule, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // From the cache, from a worker, and refused.
    private static async Task AskAsync(HttpClient http)
    {
        foreach (var symbol in (string[])["BTC", "BTC", "NOPE"])
        {
            using var response = await http.PostAsJsonAsync("/predict", new { symbol }, TestContext.Current.CancellationToken);
            Assert.Equal(symbol == "NOPE" ? HttpStatusCode.BadRequest : HttpStatusCode.OK, response.StatusCode);
        }

        using var cleared = await http.DeleteAsync(new Uri("/models/BTC/cache", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, cleared.StatusCode);
    }

    // As Grafana would ask, with an interval that suits a scrape each second.
    private static IEnumerable<(string Title, string Expression)> Panels()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "deploy", "grafana"), "*.json"))
        {
            using var dashboard = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.TryGetProperty("targets", out _)))
            {
                foreach (var target in panel.GetProperty("targets").EnumerateArray())
                {
                    yield return (
                        panel.GetProperty("title").GetString()!,
                        target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "5s", StringComparison.Ordinal));
                }
            }
        }
    }

    private static string[] Names(IEnumerable<string> lines, string before) =>
        [.. lines.Select(line => line.Trim()).Where(line => line.StartsWith(before, StringComparison.Ordinal)).Select(line => line[before.Length..])];

    private static (string, string) MetricsPort(int port) => ("Metrics__Port", port.ToString(CultureInfo.InvariantCulture));
}
