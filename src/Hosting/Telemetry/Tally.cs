using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using Coinsphere.Messaging.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>
/// Counts what the system page shows, from this process's own metrics, whether or not anybody collects these. Its size is bounded by the refusal reasons,
/// endpoints and symbols.
/// </summary>
public sealed class Tally : IHostedService, IDisposable
{
    private const string Duration = ".duration";
    private const string QueueStage = "queue";

    private readonly MeterListener _listener = new();
    private readonly Total _hits = new();
    private readonly Total _misses = new();
    private readonly Total _feedFailures = new();
    private readonly Totals _refusals = new("reason");
    private readonly Latest _waiting = new("endpoint");
    private readonly Latest _parked = new("endpoint");
    private readonly Latest _behind = new("symbol");
    private readonly ConcurrentDictionary<string, Durations> _stages = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Durations> _ages = new(StringComparer.Ordinal);
    private readonly string _process = Guid.NewGuid().ToString("N");
    private readonly DateTimeOffset _startedAt;

    /// <summary>Counts from now on.</summary>
    public Tally(TimeProvider time)
    {
        _startedAt = time.GetUtcNow();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Meters.Name && Counts(instrument.Name) is { } counts)
            {
                listener.EnableMeasurementEvents(instrument, counts);
            }
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, counts) => ((ICount)counts!).Add(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, counts) => ((ICount)counts!).Add(value, tags));
        _listener.Start();
    }

    private interface ICount
    {
        void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);
    }

    /// <summary>The release that runs.</summary>
    public static string Version { get; } =
        typeof(Tally).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>What was counted.</summary>
    /// <param name="feed">The exchange that this process fetches bars from; null where it fetches none.</param>
    public ProcessReport Report(string? feed = null) => new(
        _process, Version, _startedAt, _hits.Count, _misses.Count, _refusals.Read(),
        [.. _stages.OrderBy(stage => stage.Key, StringComparer.Ordinal).Select(stage => stage.Value.Report(stage.Key)).OfType<StageReport>()],
        Queues(),
        feed is null ? null : Feed(feed));

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private FeedReport Feed(string feed)
    {
        var days = _behind.Read();
        return new(feed, days.Count, days.Count > 0 ? days.Values.Max() : null, _feedFailures.Count);
    }

    private QueueReport[] Queues()
    {
        var (waiting, parked) = (_waiting.Read(), _parked.Read());
        return
        [
            .. waiting.Keys.Concat(parked.Keys).Concat(_ages.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(endpoint =>
            {
                var age = _ages.GetValueOrDefault(endpoint)?.Report(QueueStage);
                return new QueueReport(endpoint, Of(waiting, endpoint), Of(parked, endpoint), age?.MedianMs, age?.P95Ms);
            }),
        ];
    }

    private static long? Of(Dictionary<string, long> counts, string key) => counts.TryGetValue(key, out var count) ? count : null;

    private ICount? Counts(string instrument) => instrument switch
    {
        "coinsphere.cache.hits" => _hits,
        "coinsphere.cache.misses" => _misses,
        "coinsphere.refusals" => _refusals,
        "coinsphere.queue.length" => _waiting,
        "coinsphere.parked.waiting" => _parked,
        "coinsphere.feed.behind" => _behind,
        "coinsphere.feed.failures" => _feedFailures,
        _ when instrument.EndsWith(Duration, StringComparison.Ordinal) => Stage(instrument.Split('.')[1]),
        _ => null,
    };

    private Durations Stage(string name) => _stages.GetOrAdd(name, _ => new(name == QueueStage ? _ages : null));

    private static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name)
            {
                return value as string;
            }
        }

        return null;
    }

    private sealed class Total : ICount
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => Interlocked.Add(ref _count, (long)value);
    }

    private class Totals(string tag) : ICount
    {
        private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

        public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (Tag(tags, tag) is { } key)
            {
                _counts.AddOrUpdate(key, static (_, more) => more, (_, before, more) => After(before, more), (long)value);
            }
        }

        public Dictionary<string, long> Read() => _counts.OrderBy(count => count.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

        protected virtual long After(long before, long value) => before + value;
    }

    private sealed class Latest(string tag) : Totals(tag)
    {
        protected override long After(long before, long value) => value;
    }

    /// <summary>The last durations, in seconds. A reader may see one that is just written, which no percentile notices.</summary>
    private sealed class Durations(ConcurrentDictionary<string, Durations>? byEndpoint) : ICount
    {
        private const int Last = 256;

        private readonly float[] _seconds = new float[Last];
        private long _count;

        public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            _seconds[(Interlocked.Increment(ref _count) - 1) % Last] = (float)value;
            if (byEndpoint is not null && Tag(tags, "endpoint") is { } endpoint)
            {
                byEndpoint.GetOrAdd(endpoint, static _ => new(null)).Add(value, []);
            }
        }

        public StageReport? Report(string name)
        {
            var count = Interlocked.Read(ref _count);
            if (count == 0)
            {
                return null;
            }

            var sorted = _seconds[..(int)Math.Min(count, Last)];
            Array.Sort(sorted);
            return new(name, count, Milliseconds(sorted, 0.5), Milliseconds(sorted, 0.95));
        }

        private static double Milliseconds(float[] sorted, double share) => Math.Round(sorted[(int)((sorted.Length - 1) * share)] * 1000.0, 3);
    }
}

/// <summary>Registers the tally of the process.</summary>
public static class TallyServices
{
    /// <summary>Counts from the start of the host on; once, however many hosts share the process.</summary>
    public static void AddTally(this IServiceCollection services)
    {
        services.TryAddSingleton<Tally>();
        services.AddHostedService(provider => provider.GetRequiredService<Tally>());
    }
}
