using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Coinsphere.Messaging.Docs.Tests;

/// <summary>
/// <c>deploy/otel/collector.yaml</c>, read strictly: each type below has the settings that the documentation of its component names, and any other is an error.
/// </summary>
public sealed class CollectorTests
{
    // Of the distribution "contrib", without those that the file does not use.
    private static readonly Dictionary<string, Type> Receivers = new() { ["otlp"] = typeof(OtlpReceiver) };

    private static readonly Dictionary<string, Type> Processors = new()
    {
        ["memory_limiter"] = typeof(MemoryLimiter),
        ["filter"] = typeof(Filter),
        ["batch"] = typeof(Batch),
    };

    private static readonly Dictionary<string, Type> Exporters = new()
    {
        ["otlp"] = typeof(OtlpExporter),
        ["otlphttp"] = typeof(OtlpExporter),
        ["prometheus"] = typeof(PrometheusExporter),
    };

    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "otel", "collector.yaml"));
    private static readonly CollectorFile All = Strict<CollectorFile>(Text);

    [Fact]
    public void Components_HaveOnlyTheSettingsThatThereAre()
    {
        foreach (var (components, known) in new[] { (All.Receivers, Receivers), (All.Processors, Processors), (All.Exporters, Exporters) })
        {
            foreach (var (name, settings) in components)
            {
                // A name is a type, or type/name.
                Assert.True(known.TryGetValue(name.Split('/')[0], out var type), $"{name} is no component");
                _ = Strict(type, new SerializerBuilder().Build().Serialize(settings));
            }
        }
    }

    [Theory]
    [InlineData("traces")]
    [InlineData("metrics")]
    [InlineData("logs")]
    public void Pipeline_UsesWhatIsDefined_InAnOrderThatWorks(string signal)
    {
        var pipeline = All.Service.Pipelines[signal];

        Assert.Equal(["otlp"], pipeline.Receivers);
        Assert.All(pipeline.Processors, name => Assert.Contains(name, All.Processors.Keys));
        Assert.All(pipeline.Exporters, name => Assert.Contains(name, All.Exporters.Keys));
        Assert.NotEmpty(pipeline.Exporters);
        // What is refused must not be batched before, and what is dropped need not be.
        Assert.Equal(("memory_limiter", "batch"), (pipeline.Processors[0], pipeline.Processors[^1]));
    }

    [Fact]
    public void Everything_IsUsed()
    {
        var pipelines = All.Service.Pipelines.Values;

        Assert.Equal(["logs", "metrics", "traces"], All.Service.Pipelines.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(All.Processors.Keys.Order(), pipelines.SelectMany(pipeline => pipeline.Processors).Distinct().Order());
        Assert.Equal(All.Exporters.Keys.Order(), pipelines.SelectMany(pipeline => pipeline.Exporters).Distinct().Order());
    }

    [Fact]
    public void Ports_AreThoseOfTheDocumentation()
    {
        var otlp = Strict<OtlpReceiver>(new SerializerBuilder().Build().Serialize(All.Receivers["otlp"]));

        Assert.Equal(("0.0.0.0:4317", "0.0.0.0:4318"), (otlp.Protocols.Grpc.Endpoint, otlp.Protocols.Http.Endpoint));
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317", Text, StringComparison.Ordinal);
    }

    private static T Strict<T>(string yaml) => (T)Strict(typeof(T), yaml);

    // What it does not know, and what is there twice, is an exception.
    private static object Strict(Type type, string yaml) =>
        new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithDuplicateKeyChecking().Build().Deserialize(yaml, type)!;

    public sealed class CollectorFile
    {
        public required Dictionary<string, Dictionary<string, object>> Receivers { get; set; }
        public required Dictionary<string, Dictionary<string, object>> Processors { get; set; }
        public required Dictionary<string, Dictionary<string, object>> Exporters { get; set; }
        public required CollectorService Service { get; set; }
    }

    public sealed class CollectorService
    {
        public required Dictionary<string, Pipeline> Pipelines { get; set; }
    }

    public sealed class Pipeline
    {
        public required List<string> Receivers { get; set; }
        public required List<string> Processors { get; set; }
        public required List<string> Exporters { get; set; }
    }

    // go.opentelemetry.io/collector/receiver/otlpreceiver
    public sealed class OtlpReceiver
    {
        public required OtlpProtocols Protocols { get; set; }
    }

    public sealed class OtlpProtocols
    {
        public required Server Grpc { get; set; }
        public required Server Http { get; set; }
    }

    public sealed class Server
    {
        public required string Endpoint { get; set; }
    }

    // go.opentelemetry.io/collector/processor/memorylimiterprocessor
    public sealed class MemoryLimiter
    {
        public required string CheckInterval { get; set; }
        public required int LimitPercentage { get; set; }
        public required int SpikeLimitPercentage { get; set; }
    }

    // github.com/open-telemetry/opentelemetry-collector-contrib/processor/filterprocessor
    public sealed class Filter
    {
        public required string ErrorMode { get; set; }
        public required FilteredTraces Traces { get; set; }
    }

    public sealed class FilteredTraces
    {
        public required List<string> Span { get; set; }
    }

    // go.opentelemetry.io/collector/processor/batchprocessor
    public sealed class Batch
    {
        public required string Timeout { get; set; }
    }

    // go.opentelemetry.io/collector/exporter/otlpexporter and otlphttpexporter
    public sealed class OtlpExporter
    {
        public required string Endpoint { get; set; }
        public Tls? Tls { get; set; }
    }

    public sealed class Tls
    {
        public required bool Insecure { get; set; }
    }

    // github.com/open-telemetry/opentelemetry-collector-contrib/exporter/prometheusexporter
    public sealed class PrometheusExporter
    {
        public required string Endpoint { get; set; }
        public required ResourceToTelemetry ResourceToTelemetryConversion { get; set; }
    }

    public sealed class ResourceToTelemetry
    {
        public required bool Enabled { get; set; }
    }
}
