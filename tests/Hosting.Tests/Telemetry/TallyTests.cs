using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Hosting.Tests.Telemetry;

/// <summary>Other tests of this process are counted too, so counts are lower bounds, and names of endpoints are of one test.</summary>
public sealed class TallyTests : IDisposable
{
    private readonly Tally _tally = new(new FakeTimeProvider(new(2025, 10, 12, 14, 30, 0, TimeSpan.Zero)));

    public void Dispose() => _tally.Dispose();

    [Fact]
    public void NothingCounted_IsAReportAllTheSame()
    {
        var report = _tally.Report();
        Assert.Equal((new DateTimeOffset(2025, 10, 12, 14, 30, 0, TimeSpan.Zero), "1.0.0"), (report.StartedAt, report.Version));
        Assert.Null(report.Feed);
        Assert.DoesNotContain(report.Queues, queue => queue.Endpoint == "tally-1");
    }

    [Fact]
    public void CacheRefusalsAndStages_AreCountedWithoutAnyCollector()
    {
        var waits = Meters.Meter.CreateHistogram<double>("coinsphere.queue.duration");
        for (var i = 0; i < 300; i++)
        {
            Meters.CacheRead(hit: i % 3 == 0);
            waits.Record(i / 1000.0, new KeyValuePair<string, object?>("endpoint", "tally-4"));
        }

        Meters.Refused(RefusalReason.ModelNotTrained);
        var report = _tally.Report();
        Assert.True(report.CacheHits >= 100 && report.CacheMisses >= 200);
        Assert.True(report.Refusals["model_not_trained"] >= 1);
        var queue = Assert.Single(report.Stages, stage => stage.Stage == "queue");
        Assert.True(queue.Count >= 300);
        // The last 256 are 44 to 299 ms.
        Assert.InRange(queue.MedianMs, 160, 180);
        Assert.InRange(queue.P95Ms, 280, 292);
        Assert.Equal(new QueueReport("tally-4", null, null, 171, 286), Assert.Single(report.Queues, one => one.Endpoint == "tally-4"));
    }

    [Fact]
    public void Queues_HaveTheirNewestCounts()
    {
        Meters.QueueLength("tally-2", 7);
        Meters.QueueLength("tally-2", 3);
        Meters.ParkedNow("tally-3", 2);
        var queues = _tally.Report().Queues;
        Assert.Contains(new QueueReport("tally-2", 3, null, null, null), queues);
        Assert.Contains(new QueueReport("tally-3", null, 2, null, null), queues);
    }

    [Fact]
    public void Feed_IsAsFarBehindAsItsOldestSymbol()
    {
        Assert.Equal(new FeedReport("Binance", 0, null, 0), new Tally(TimeProvider.System).Report("Binance").Feed);
        Meters.FeedBehind("BTC", 4);
        Meters.FeedBehind("BTC", 0);
        Meters.FeedBehind("ETH", 2);
        Meters.FeedFailed();
        Assert.Equal(new FeedReport("Binance", 2, 2, 1), _tally.Report("Binance").Feed);
    }

    [Fact]
    public void EachStart_IsAnotherProcess()
    {
        using var other = new Tally(TimeProvider.System);
        Assert.NotEqual(_tally.Report().Process, other.Report().Process);
    }
}
