using System.Diagnostics;
using System.Net.Http.Json;
using Coinsphere.Messaging.Integration.Tests.Messaging;

namespace Coinsphere.Messaging.Integration.Tests.Streaming;

/// <summary>The samples that listen, against a gateway and a worker on one broker.</summary>
public sealed class SampleTests(Broker broker) : IClassFixture<Broker>
{
    private static readonly string Samples = Path.Combine(Repository.Root, "samples");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Samples_InNodeAndPython_PrintWhatIsComputed()
    {
        var installed = await CommandLine.RunAsync("npm", ["ci", "--no-audit", "--no-fund"], folder: Path.Combine(Samples, "amqp", "node"));
        Assert.True(installed.Code == 0, installed.Errors);
        using var worker = await broker.StartWorkerAsync();
        await using var gateway = await broker.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        (string Program, string Script, string Argument, string Expected)[] listeners =
        [
            ("node", "streams/node/listen.mjs", "BTC", "BTC 7d "),
            ("/usr/bin/python3", "streams/python/listen.py", "BTC", "BTC 7d "),
            ("node", "amqp/node/listen.js", "prediction.BTC.*", """prediction.BTC.7d {"symbol":"BTC","timeframe":"7d","""),
            ("/usr/bin/python3", "amqp/python/listen.py", "prediction.BTC.*", """prediction.BTC.7d {"symbol":"BTC","timeframe":"7d","""),
        ];

        var running = listeners.Select(listener => new Sample(listener.Program, listener.Script, listener.Argument, gateway.Urls.Single(), broker)).ToArray();
        try
        {
            // Each says what it sees once it listens.
            await Until.True(
                async () =>
                {
                    await AskAsync(http);
                    return running.Zip(listeners).All(pair => pair.First.Output.Contains(pair.Second.Expected, StringComparison.Ordinal));
                },
                () => string.Join("\n", running.Select(sample => $"{sample.Name}: {sample.Output}")),
                TimeSpan.FromMinutes(1));
        }
        finally
        {
            foreach (var sample in running)
            {
                sample.Dispose();
            }
        }
    }

    private static async Task AskAsync(HttpClient http)
    {
        (await http.DeleteAsync(new Uri("/models/BTC/cache", UriKind.Relative), Cancel)).EnsureSuccessStatusCode();
        (await http.PostAsJsonAsync("/predict", new { symbol = "BTC" }, Cancel)).EnsureSuccessStatusCode();
    }

    private sealed class Sample : IDisposable
    {
        private readonly Process _process;
        private readonly System.Text.StringBuilder _output = new();
        private readonly Lock _lock = new();

        public Sample(string program, string script, string argument, string gateway, Broker broker)
        {
            Name = script;
            _process = new Process
            {
                StartInfo = CommandLine.StartOf(
                    program, [script, argument], Samples, [("ML_SERVICE_URL", gateway), ("RABBITMQ_URL", broker.Url(Broker.Dashboard))]),
            };
            _process.OutputDataReceived += (_, line) => Read(line.Data);
            _process.ErrorDataReceived += (_, line) => Read(line.Data);
            _process.Start();
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public string Name { get; }

        public string Output
        {
            get
            {
                lock (_lock)
                {
                    return _output.ToString();
                }
            }
        }

        public void Dispose()
        {
            _process.Kill();
            _process.Dispose();
        }

        private void Read(string? line)
        {
            lock (_lock)
            {
                _output.AppendLine(line);
            }
        }
    }
}
