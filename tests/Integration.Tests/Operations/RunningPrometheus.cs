using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Integration.Tests.Operations;

/// <summary>A Prometheus of a test's own with the rules of <c>deploy/prometheus</c>, which scrapes and evaluates every second and does not wait.</summary>
internal sealed partial class RunningPrometheus : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("prometheus-");
    private readonly StringBuilder _output = new();
    private readonly HttpClient _http;
    private Process? _process;

    private RunningPrometheus(int port) => _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/") };

    public static async Task<RunningPrometheus> StartAsync(int workerPort, int gatewayPort)
    {
        var port = Ports.Free();
        var prometheus = new RunningPrometheus(port);
        try
        {
            await prometheus.StartAsync(port, workerPort, gatewayPort);
            return prometheus;
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }
    }

    /// <summary>The series that an expression gives now.</summary>
    public async Task<JsonElement[]> QueryAsync(string expression)
    {
        using var response = await _http.GetAsync(
            new Uri($"query?query={Uri.EscapeDataString(expression)}", UriKind.Relative), TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode
            ? [.. answer.GetProperty("data").GetProperty("result").EnumerateArray()]
            : throw new InvalidOperationException($"{expression}: {answer}");
    }

    /// <summary>The alerts that fire now, each with its summary.</summary>
    public async Task<IReadOnlyList<(string Name, string Summary)>> FiringAsync()
    {
        var answer = await _http.GetFromJsonAsync<JsonElement>(new Uri("alerts", UriKind.Relative), TestContext.Current.CancellationToken);
        return
        [
            .. from alert in answer.GetProperty("data").GetProperty("alerts").EnumerateArray()
               where alert.GetProperty("state").GetString() == "firing"
               select (
                   alert.GetProperty("labels").GetProperty("alertname").GetString()!,
                   alert.GetProperty("annotations").GetProperty("summary").GetString()!),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync(int port, int workerPort, int gatewayPort)
    {
        var rules = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "prometheus", "alerts.yml"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "alerts.yml"), For().Replace(rules, "for: 2s"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "prometheus.yml"), $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [alerts.yml]
            scrape_configs:
              - {job_name: coinsphere-worker, static_configs: [{targets: ["127.0.0.1:{{workerPort}}"]}]}
              - {job_name: coinsphere-gateway, static_configs: [{targets: ["127.0.0.1:{{gatewayPort}}"]}]}
            """);
        _process = new Process
        {
            StartInfo = CommandLine.StartOf(
                "prometheus",
                ["--config.file=prometheus.yml", $"--web.listen-address=127.0.0.1:{port}", $"--storage.tsdb.path={Path.Combine(_folder.FullName, "data")}"],
                _folder.FullName,
                environment: null),
        };
        _process.ErrorDataReceived += (_, line) => _output.AppendLine(line.Data);
        _process.OutputDataReceived += (_, line) => _output.AppendLine(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await Until.True(async () => await IsReadyAsync(), () => $"Prometheus answers:\n{_output}", TimeSpan.FromMinutes(1));
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await QueryAsync("vector(1)")).Length == 1;
        }
        catch (Exception away) when (away is HttpRequestException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"for: \w+")]
    private static partial Regex For();
}
