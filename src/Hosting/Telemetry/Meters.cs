using System.Diagnostics.Metrics;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>What is counted, under the meter <see cref="Name"/>. Counting costs nothing while nobody listens.</summary>
public static class Meters
{
    /// <summary>The name of the meter, and of the activity source of <see cref="Stages"/>.</summary>
    public const string Name = "Coinsphere.Messaging";

    internal static readonly Meter Meter = new(Name);

    private static readonly Counter<long> RefusedRequests = Meter.CreateCounter<long>("coinsphere.refusals", "{request}", "Requests refused, by reason.");
    private static readonly Counter<long> ExpiredRequests = Meter.CreateCounter<long>(
        "coinsphere.expired",
        "{request}",
        "Requests dropped because nobody waited for them any more.");
    private static readonly Counter<long> CoalescedRequests = Meter.CreateCounter<long>(
        "coinsphere.coalesced",
        "{request}",
        "Requests answered by the computation of another one.");
    private static readonly Counter<long> ForgedAddresses = Meter.CreateCounter<long>(
        "coinsphere.forged_addresses",
        "{message}",
        "Messages dropped because their reply was to go where no reply goes, by kind.");
    private static readonly Counter<long> UnreadableBroadcasts = Meter.CreateCounter<long>(
        "coinsphere.broadcasts.unreadable",
        "{message}",
        "Messages that a process's own endpoint could not read or handle, and dropped, by message.");
    private static readonly Counter<long> CacheHits = Meter.CreateCounter<long>("coinsphere.cache.hits", "{read}", "Answers found in the result cache.");
    private static readonly Counter<long> CacheMisses = Meter.CreateCounter<long>(
        "coinsphere.cache.misses",
        "{read}",
        "Answers not found in the result cache, also because Redis was away.");
    private static readonly Counter<long> RedisFailures = Meter.CreateCounter<long>(
        "coinsphere.redis.failures",
        "{call}",
        "Calls that Redis did not answer in time (away) or answered with an error, by kind.");
    private static readonly UpDownCounter<long> RedisBreakers = Meter.CreateUpDownCounter<long>(
        "coinsphere.redis.breakers_open",
        "{process}",
        "Processes that leave Redis alone because it does not answer.");
    private static readonly Counter<long> ForwardPasses = Meter.CreateCounter<long>("coinsphere.forward_passes", "{pass}", "Runs of a network.");
    private static readonly Counter<long> ParkedMessages = Meter.CreateCounter<long>(
        "coinsphere.parked",
        "{message}",
        "Messages moved to an error queue, by endpoint.");
    private static readonly Counter<long> LostRecords = Meter.CreateCounter<long>(
        "coinsphere.records.lost",
        "{record}",
        "Records of predictions that the broker did not take.");
    private static readonly Counter<long> LostEvents = Meter.CreateCounter<long>(
        "coinsphere.events.lost",
        "{event}",
        "Events of interactive answers that were not published since the broker was away or slow.");
    private static readonly Counter<long> RejectedEvents = Meter.CreateCounter<long>(
        "coinsphere.events.rejected",
        "{event}",
        "Events that a subscriber's full queue rejected.");
    private static readonly Counter<long> RejectedReplies = Meter.CreateCounter<long>(
        "coinsphere.replies.rejected",
        "{reply}",
        "Replies that the full queue named by reply_to rejected.");
    private static readonly Gauge<double> ClockDifferences = Meter.CreateGauge<double>(
        "coinsphere.clock.difference",
        "s",
        "How far this process's clock is ahead of the sender's that differs most, by kind of sender.");
    private static readonly Counter<long> ModelChanges = Meter.CreateCounter<long>(
        "coinsphere.models.changes",
        "{change}",
        "Checkpoints loaded, swapped, gone or rejected, by symbol.");
    private static readonly Counter<long> Retrainings = Meter.CreateCounter<long>(
        "coinsphere.models.retrained",
        "{training}",
        "Models trained anew, by symbol and outcome.");
    private static readonly Gauge<long> ModelBytes = Meter.CreateGauge<long>("coinsphere.models.memory", "By", "Weights in memory.");

    /// <summary>A request got no answer.</summary>
    public static void Refused(RefusalReason reason)
    {
        if (RefusedRequests.Enabled)
        {
            RefusedRequests.Add(1, new KeyValuePair<string, object?>("reason", JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())));
        }
    }

    /// <summary>A request was dropped, since nobody waited for it any more.</summary>
    public static void Expired() => ExpiredRequests.Add(1);

    /// <summary>A request was answered by the computation of another one.</summary>
    public static void Coalesced() => CoalescedRequests.Add(1);

    /// <summary>A message asked for a reply where no reply goes: by its <c>response</c> or <c>fault</c> address, or its <c>reply_to</c>.</summary>
    public static void ForgedAddress(string kind) => ForgedAddresses.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>A message to a process's own endpoint was dropped.</summary>
    public static void BroadcastUnreadable(string message) => UnreadableBroadcasts.Add(1, new KeyValuePair<string, object?>("message", message));

    /// <summary>The result cache was read.</summary>
    public static void CacheRead(bool hit) => (hit ? CacheHits : CacheMisses).Add(1);

    /// <summary>Redis was <c>away</c>, or answered with an <c>error</c>.</summary>
    public static void RedisFailed(string kind) => RedisFailures.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>The process began, or ceased, to leave Redis alone.</summary>
    public static void RedisBreaker(bool open) => RedisBreakers.Add(open ? 1 : -1);

    /// <summary>A network was run.</summary>
    public static void ForwardPass() => ForwardPasses.Add(1);

    /// <summary>The record of a prediction was lost.</summary>
    public static void RecordLost() => LostRecords.Add(1);

    /// <summary>An event of an interactive answer was lost.</summary>
    public static void EventLost() => LostEvents.Add(1);

    /// <summary>Some subscriber's queue did not take an event; the others' did.</summary>
    public static void EventRejected() => RejectedEvents.Add(1);

    /// <summary>The queue that a plain AMQP client named for its replies did not take one.</summary>
    public static void ReplyRejected() => RejectedReplies.Add(1);

    /// <summary>This process's clock is so far ahead of that of the sender of a kind that differs most.</summary>
    public static void ClockDifference(string kind, TimeSpan ahead) =>
        ClockDifferences.Record(ahead.TotalSeconds, new KeyValuePair<string, object?>("sender", kind));

    /// <summary>A message of an endpoint could not be handled, and was moved to its error queue.</summary>
    public static void Parked(string endpoint) => ParkedMessages.Add(1, new KeyValuePair<string, object?>("endpoint", endpoint));

    /// <summary>A checkpoint was <c>loaded</c>, <c>swapped</c>, <c>gone</c> or <c>rejected</c>.</summary>
    public static void ModelChanged(string symbol, string change) =>
        ModelChanges.Add(1, new KeyValuePair<string, object?>("symbol", symbol), new KeyValuePair<string, object?>("change", change));

    /// <summary>A model was trained anew, and <c>promoted</c>, or the one that serves <c>kept</c>.</summary>
    public static void Retrained(string symbol, string outcome) =>
        Retrainings.Add(1, new KeyValuePair<string, object?>("symbol", symbol), new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>What the weights in memory take.</summary>
    public static void ModelMemory(long bytes) => ModelBytes.Record(bytes);
}
