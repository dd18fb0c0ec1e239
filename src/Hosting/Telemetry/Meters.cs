using System.Diagnostics.Metrics;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>The metrics, under the meter <see cref="Name"/>. The tally of the process always listens to a few of them, and nobody may to the rest.</summary>
public static partial class Meters
{
    /// <summary>The name of the meter, and of the activity source of <see cref="Stages"/>.</summary>
    public const string Name = "Coinsphere.Messaging";

    internal static readonly Meter Meter = new(Name);

    private static readonly Counter<long> RefusedRequests = Meter.CreateCounter<long>("coinsphere.refusals", "{request}", "Requests refused, by reason.");
    private static readonly Counter<long> ReachedLimits = Meter.CreateCounter<long>(
        "coinsphere.limits.reached",
        "{request}",
        "Requests refused because their caller reached a limit (rate, share), or all callers together did (waiting), by limit.");
    private static readonly Counter<long> ExpiredRequests = Meter.CreateCounter<long>(
        "coinsphere.expired",
        "{request}",
        "Requests refused because their deadline had passed.");
    private static readonly Counter<long> CoalescedRequests = Meter.CreateCounter<long>(
        "coinsphere.coalesced",
        "{request}",
        "Requests answered by the computation of an identical request.");
    private static readonly Counter<long> ForgedAddresses = Meter.CreateCounter<long>(
        "coinsphere.forged_addresses",
        "{message}",
        "Messages dropped because their reply address is not allowed, by kind.");
    private static readonly Counter<long> UnreadableBroadcasts = Meter.CreateCounter<long>(
        "coinsphere.broadcasts.unreadable",
        "{message}",
        "Messages that a process's own endpoint dropped because it could not read or handle them, by message.");
    private static readonly Counter<long> CacheHits = Meter.CreateCounter<long>("coinsphere.cache.hits", "{read}", "Answers found in the result cache.");
    private static readonly Counter<long> CacheMisses = Meter.CreateCounter<long>(
        "coinsphere.cache.misses",
        "{read}",
        "Answers not found in the result cache, or not read because Redis was unavailable.");
    private static readonly Counter<long> RedisFailures = Meter.CreateCounter<long>(
        "coinsphere.redis.failures",
        "{call}",
        "Calls that Redis did not answer in time (away) or answered with an error (error), by kind.");
    private static readonly UpDownCounter<long> RedisBreakers = Meter.CreateUpDownCounter<long>(
        "coinsphere.redis.breakers_open",
        "{process}",
        "Processes that do not call Redis because it does not answer.");
    private static readonly Counter<long> ForwardPasses = Meter.CreateCounter<long>("coinsphere.forward_passes", "{pass}", "Runs of a network.");
    private static readonly Counter<long> ParkedMessages = Meter.CreateCounter<long>(
        "coinsphere.parked",
        "{message}",
        "Messages moved to an error queue, by endpoint.");
    private static readonly Gauge<long> ParkedWaiting = Meter.CreateGauge<long>(
        "coinsphere.parked.waiting",
        "{message}",
        "Messages that failed and wait to be put back or removed, by endpoint.");
    private static readonly Gauge<long> QueueLengths = Meter.CreateGauge<long>(
        "coinsphere.queue.length",
        "{message}",
        "Messages that wait in the queue of an endpoint, without those that a worker has fetched.");
    private static readonly Gauge<long> PriceAges = Meter.CreateGauge<long>(
        "coinsphere.prices.age",
        "d",
        "Closed days without a bar after the newest one, by symbol.");
    private static readonly Gauge<double> ModelAges = Meter.CreateGauge<double>(
        "coinsphere.models.age",
        "d",
        "Days since the serving model was trained, by symbol.");
    private static readonly Counter<long> LostRecords = Meter.CreateCounter<long>(
        "coinsphere.records.lost",
        "{record}",
        "Records of predictions that were lost because the broker did not accept them, or the file could not be written.");
    private static readonly Counter<long> LostEvents = Meter.CreateCounter<long>(
        "coinsphere.events.lost",
        "{event}",
        "Events of interactive answers that were lost because the broker was unavailable or slow.");
    private static readonly Counter<long> RejectedEvents = Meter.CreateCounter<long>(
        "coinsphere.events.rejected",
        "{event}",
        "Events that the full queue of a subscriber rejected.");
    private static readonly Counter<long> RejectedReplies = Meter.CreateCounter<long>(
        "coinsphere.replies.rejected",
        "{reply}",
        "Replies that the full queue named by reply_to rejected.");
    private static readonly Gauge<double> ClockDifferences = Meter.CreateGauge<double>(
        "coinsphere.clock.difference",
        "s",
        "How far this process's clock is ahead of the clock of the sender that differs most, by kind of sender.");
    private static readonly Counter<long> ModelChanges = Meter.CreateCounter<long>(
        "coinsphere.models.changes",
        "{change}",
        "Checkpoints loaded, swapped, gone or rejected, by symbol and change.");
    private static readonly Counter<long> Retrainings = Meter.CreateCounter<long>(
        "coinsphere.models.retrained",
        "{training}",
        "Models retrained, by symbol and outcome.");
    private static readonly Gauge<long> FeedAges = Meter.CreateGauge<long>(
        "coinsphere.feed.behind",
        "d",
        "Closed days that are missing after the newest fetched bar, by symbol.");
    private static readonly Counter<long> FeedFailures = Meter.CreateCounter<long>(
        "coinsphere.feed.failures",
        "{failure}",
        "Symbols whose bars could not be fetched, and passes that ended because the source was unavailable.");
    private static readonly Counter<long> ScheduledRuns = Meter.CreateCounter<long>(
        "coinsphere.schedule.runs",
        "{run}",
        "Scheduled runs whose questions were all sent, by kind: on_time, made_up, continued after its process ended, or bar, after new bars.");
    private static readonly Gauge<double> ScheduleAges = Meter.CreateGauge<double>(
        "coinsphere.schedule.age",
        "s",
        "Time since the last scheduled run was finished, in the process that schedules.");
    private static readonly UpDownCounter<long> Listeners = Meter.CreateUpDownCounter<long>(
        "coinsphere.streams.listeners",
        "{listener}",
        "Open streams, by transport and channel. A WebSocket may have any channel.");
    private static readonly Counter<long> DroppedListeners = Meter.CreateCounter<long>(
        "coinsphere.streams.dropped",
        "{listener}",
        "Streams that the gateway ended, by transport and reason.");
    private static readonly Histogram<double> DeliveryDelays = Meter.CreateHistogram(
        "coinsphere.streams.delay",
        "s",
        "Time from the computation of an answer until its event is written to a listener's connection, by transport.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
    private static readonly Gauge<long> ModelBytes = Meter.CreateGauge<long>("coinsphere.models.memory", "By", "Weights in memory.");

    /// <summary>A request was refused.</summary>
    public static void Refused(RefusalReason reason)
    {
        if (RefusedRequests.Enabled)
        {
            RefusedRequests.Add(1, new KeyValuePair<string, object?>("reason", TagOf(reason)));
        }
    }

    /// <summary>A caller reached its <c>rate</c> or its <c>share</c> of what waits, or all together what may be <c>waiting</c>.</summary>
    public static void LimitReached(string limit) => ReachedLimits.Add(1, new KeyValuePair<string, object?>("limit", limit));

    /// <summary>A request was refused because its deadline had passed.</summary>
    public static void Expired() => ExpiredRequests.Add(1);

    /// <summary>A request was answered by the computation of an identical request.</summary>
    public static void Coalesced() => CoalescedRequests.Add(1);

    /// <summary>A message had a reply address that is not allowed: a <c>response</c> or <c>fault</c> address, or a <c>reply_to</c>.</summary>
    public static void ForgedAddress(string kind) => ForgedAddresses.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>A message to a process's own endpoint was dropped.</summary>
    public static void BroadcastUnreadable(string message) => UnreadableBroadcasts.Add(1, new KeyValuePair<string, object?>("message", message));

    /// <summary>The result cache was read.</summary>
    public static void CacheRead(bool hit) => (hit ? CacheHits : CacheMisses).Add(1);

    /// <summary>Redis was <c>away</c>, or answered with an <c>error</c>.</summary>
    public static void RedisFailed(string kind) => RedisFailures.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>The process stopped, or resumed, calling Redis.</summary>
    public static void RedisBreaker(bool open) => RedisBreakers.Add(open ? 1 : -1);

    /// <summary>A network was run.</summary>
    public static void ForwardPass() => ForwardPasses.Add(1);

    /// <summary>The record of a prediction was lost.</summary>
    public static void RecordLost() => LostRecords.Add(1);

    /// <summary>An event of an interactive answer was lost.</summary>
    public static void EventLost() => LostEvents.Add(1);

    /// <summary>A subscriber's full queue rejected an event; other subscribers received it.</summary>
    public static void EventRejected() => RejectedEvents.Add(1);

    /// <summary>A reply was not accepted: the queue in the <c>reply_to</c> of a plain AMQP client is full, or the address of a bus does not exist.</summary>
    public static void ReplyRejected() => RejectedReplies.Add(1);

    /// <summary>How far this process's clock is ahead of the most different sender of a kind.</summary>
    public static void ClockDifference(string kind, TimeSpan ahead) =>
        ClockDifferences.Record(ahead.TotalSeconds, new KeyValuePair<string, object?>("sender", kind));

    /// <summary>A message of an endpoint failed and was moved to its error queue.</summary>
    public static void Parked(string endpoint) => ParkedMessages.Add(1, new KeyValuePair<string, object?>("endpoint", endpoint));

    /// <summary>How many messages of an endpoint wait after they failed.</summary>
    public static void ParkedNow(string endpoint, long messages) =>
        ParkedWaiting.Record(messages, new KeyValuePair<string, object?>("endpoint", endpoint));

    /// <summary>How many messages wait in the queue of an endpoint.</summary>
    public static void QueueLength(string endpoint, long messages) =>
        QueueLengths.Record(messages, new KeyValuePair<string, object?>("endpoint", endpoint));

    /// <summary>Whether the ages of prices and models are collected.</summary>
    public static bool AreAgesWanted => PriceAges.Enabled || ModelAges.Enabled;

    /// <summary>How many closed days a symbol lacks after its newest bar.</summary>
    public static void PricesAge(string symbol, int days) => PriceAges.Record(days, new KeyValuePair<string, object?>("symbol", symbol));

    /// <summary>How old a symbol's serving model is.</summary>
    public static void ModelAge(string symbol, TimeSpan age) => ModelAges.Record(age.TotalDays, new KeyValuePair<string, object?>("symbol", symbol));

    /// <summary>A checkpoint was <c>loaded</c>, <c>swapped</c>, <c>gone</c> or <c>rejected</c>.</summary>
    public static void ModelChanged(string symbol, string change) =>
        ModelChanges.Add(1, new KeyValuePair<string, object?>("symbol", symbol), new KeyValuePair<string, object?>("change", change));

    /// <summary>A model was retrained, and <c>promoted</c>, or the serving one was <c>kept</c>.</summary>
    public static void Retrained(string symbol, string outcome) =>
        Retrainings.Add(1, new KeyValuePair<string, object?>("symbol", symbol), new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>How many closed days are missing after a symbol's newest fetched bar.</summary>
    public static void FeedBehind(string symbol, int days) => FeedAges.Record(days, new KeyValuePair<string, object?>("symbol", symbol));

    /// <summary>The bars of a symbol, or of all remaining ones, could not be fetched.</summary>
    public static void FeedFailed() => FeedFailures.Add(1);

    /// <summary>All questions of a scheduled run were sent. It was <c>on_time</c>, <c>made_up</c>, <c>continued</c> or <c>bar</c>.</summary>
    public static void Scheduled(string kind) => ScheduledRuns.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>How long ago the last scheduled run was finished.</summary>
    public static void ScheduleAge(TimeSpan age) => ScheduleAges.Record(age.TotalSeconds);

    /// <summary>A stream was opened (1) or has ended (-1).</summary>
    public static void StreamListeners(string transport, string channel, int change) =>
        Listeners.Add(change, new KeyValuePair<string, object?>("transport", transport), new KeyValuePair<string, object?>("channel", channel));

    /// <summary>A stream was ended: its reader was too slow, or the gateway stops.</summary>
    public static void StreamDropped(string transport, string reason) =>
        DroppedListeners.Add(1, new KeyValuePair<string, object?>("transport", transport), new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Whether delays are recorded.</summary>
    public static bool MeasuresDelivery => DeliveryDelays.Enabled;

    /// <summary>An event is written to a listener.</summary>
    public static void StreamDelivered(string transport, TimeSpan delay) =>
        DeliveryDelays.Record(Math.Max(0, delay.TotalSeconds), new KeyValuePair<string, object?>("transport", transport));

    /// <summary>The memory used by weights, in bytes.</summary>
    public static void ModelMemory(long bytes) => ModelBytes.Record(bytes);

    private static string TagOf(RefusalReason reason) => RefusalReasonConverter.NameOf(reason);
}
