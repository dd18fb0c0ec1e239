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
        using var prices = new OldPrices();
        await using var redis = new RedisServer();
        await redis.StartAsync();
        (string, string)[] cache =
        [
            ("REDIS_HOST", "127.0.0.1"), ("REDIS_PORT", redis.Port.ToString(CultureInfo.InvariantCulture)), ("Redis__Timeout", "00:00:02"),
        ];
        await using var worker = await ServiceProcess.StartWorkerAsync(
            live.Server.Url(Broker.Worker), [MetricsPort(workerPort), ("Prices__Folder", prices.Folder), ("Prices__MaxAge", "36500.00:00:00"), .. cache]);
        var (process, http) = await ServiceProcess.StartGatewayAsync(live.Server.Url(Broker.Gateway), [MetricsPort(gatewayPort), .. cache]);
        await using var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();
        await using var prometheus = await RunningPrometheus.StartAsync(workerPort, gatewayPort);

        // Queries that would be answered without a series of the service too say nothing of it.
        (string, string)[] own =
        [
            ("queues", """coinsphere_queue_length{endpoint="predict"}"""), ("parked", """coinsphere_parked_waiting{endpoint="predict"} == 0"""),
            ("prices", """coinsphere_prices_age_days{symbol="BTC"} > 600"""), ("models", """coinsphere_models_age_days{symbol="BTC"} > 0"""),
            ("refusals", """coinsphere_refusals_total{reason="unsupported_symbol"}"""),
        ];
        (string Title, string Expression)[] panels = [.. Panels(), .. own];
        Assert.True(panels.Length > 25);
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

    // Of a folder that nobody adds to.
    private sealed class OldPrices : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("old-prices-");

        public OldPrices() => File.WriteAllLines(
            Path.Combine(Folder, "BTC.csv"),
            SyntheticSeries.Generate("BTC", new(2024, 12, 31))
                .Select(bar => string.Create(
                    CultureInfo.InvariantCulture, $"{bar.Day:yyyy-MM-dd},{bar.Open},{bar.High},{bar.Low},{bar.Close},{bar.Volume}"))
                .Prepend("time,open,high,low,close,volume"));

        public string Folder => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }

    private static (string, string) MetricsPort(int port) => ("Metrics__Port", port.ToString(CultureInfo.InvariantCulture));
}
