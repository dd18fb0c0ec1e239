using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>
/// The stages of a request: each is a span of the trace, and a duration in a histogram, in seconds. <c>using var stage = Stages.Prices();</c>
/// measures the rest of its block. It costs nothing while nothing listens.
/// </summary>
public static class Stages
{
    private static readonly ActivitySource Source = new(Meters.Name);

    // The fastest is a read from memory, the slowest a batch at its deadline.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private static readonly Histogram<double> QueueSeconds = Create(
        "coinsphere.queue.duration", "From the sending of a request to its consumption, by endpoint.");
    private static readonly Histogram<double> CacheSeconds = Create("coinsphere.cache.duration", "Reads of the result cache.");
    private static readonly Histogram<double> PricesSeconds = Create("coinsphere.prices.duration", "Reads of prices.");
    private static readonly Histogram<double> FeaturesSeconds = Create("coinsphere.features.duration", "Computations of features.");
    private static readonly Histogram<double> InferenceSeconds = Create("coinsphere.inference.duration", "Forward passes, each over one window.");
    private static readonly Histogram<double> AccuracySeconds = Create(
        "coinsphere.accuracy.duration",
        "Replays of past forecasts, each of one model, horizon and history.");
    private static readonly Histogram<double> ExplanationSeconds = Create("coinsphere.explanation.duration", "Computations of features' contributions.");
    private static readonly Histogram<double> AnswerSeconds = Create("coinsphere.answer.duration", "From the consumption of a request to its reply.");
    private static readonly Histogram<double> RequestSeconds = Create(
        "coinsphere.request.duration",
        "A question at the gateway, from the cache or from a worker.");

    /// <summary>A read of the result cache.</summary>
    public static Stage Cache() => new("cache", CacheSeconds);

    /// <summary>A read of prices.</summary>
    public static Stage Prices() => new("prices", PricesSeconds);

    /// <summary>The computation of features.</summary>
    public static Stage Features() => new("features", FeaturesSeconds);

    /// <summary>The forward pass over one window.</summary>
    public static Stage Inference() => new("inference", InferenceSeconds);

    /// <summary>The replay of past forecasts that measures a model's accuracy.</summary>
    public static Stage Accuracy() => new("accuracy", AccuracySeconds);

    /// <summary>The computation of the features' contributions to a probability.</summary>
    public static Stage Explanation() => new("explanation", ExplanationSeconds);

    /// <summary>The whole request in the worker.</summary>
    public static Stage Answer() => new("answer", AnswerSeconds);

    /// <summary>The whole request at the gateway.</summary>
    public static Stage Request() => new("request", RequestSeconds);

    /// <summary>The time that a request waited to be consumed. The clocks of two machines differ, so negative values are recorded as zero.</summary>
    public static void Queued(string endpoint, TimeSpan wait) =>
        QueueSeconds.Record(Math.Max(0, wait.TotalSeconds), new KeyValuePair<string, object?>("endpoint", endpoint));

    private static Histogram<double> Create(string name, string description) => Meters.Meter.CreateHistogram(name, "s", description, tags: null, Buckets);

    /// <summary>One stage of one request; disposing it ends it.</summary>
    public readonly struct Stage : IDisposable
    {
        private readonly Activity? _activity;
        private readonly Histogram<double> _seconds;
        private readonly long _started;

        internal Stage(string name, Histogram<double> seconds)
        {
            _activity = Source.StartActivity(name);
            _seconds = seconds;
            _started = seconds.Enabled ? Stopwatch.GetTimestamp() : 0;
        }

        /// <summary>Adds a tag to the span of the stage.</summary>
        public void Tag(string key, object? value) => _activity?.SetTag(key, value);

        /// <inheritdoc/>
        public void Dispose()
        {
            if (_started != 0)
            {
                _seconds.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds);
            }

            _activity?.Dispose();
        }
    }
}
