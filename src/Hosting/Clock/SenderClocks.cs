using System.Globalization;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Telemetry;

namespace Coinsphere.Messaging.Hosting.Clock;

/// <summary>
/// How far the clocks of those who send messages are from this process's, learnt from the messages themselves. A difference is a note of readiness and a
/// metric. How long a message was under way is judged with it, so that two clocks are never compared as if they were one.
/// </summary>
public sealed class SenderClocks : IDisposable
{
    /// <summary>What clocks may differ by before it is told.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>The name of the note.</summary>
    public const string ConditionName = "clock";

    // What is told lasts until the difference is clearly below the limit, or else one just there would come and go.
    private static readonly TimeSpan Over = Limit * 0.8;

    // Beyond it nobody can say whose clock is right, and a day must not close for a sender's word.
    private static readonly TimeSpan MaxFollowed = TimeSpan.FromMinutes(5);

    // What clocks of senders that nothing is known of may differ by.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    // Who has sent nothing for so long is told of no more.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int MaxSenders = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<Sender, SenderClock> _senders = [];
    private readonly TimeProvider _time;
    private readonly Conditions _conditions;
    private readonly ClusterClock? _follower;
    private readonly ITimer _timer;
    private readonly DateTimeOffset _startedAt;
    private readonly long _started;
    private long _checkedAt;
    private long _wokeAt;
    private bool _isNoted;

    /// <summary>Starts to learn.</summary>
    /// <param name="time">The clock of this process.</param>
    /// <param name="conditions">Where a difference is noted.</param>
    /// <param name="follower">A clock that is to follow the gateways'; null where none is.</param>
    public SenderClocks(TimeProvider time, Conditions conditions, ClusterClock? follower = null)
    {
        (_time, _conditions, _follower) = (time, conditions, follower);
        _startedAt = time.GetUtcNow();
        _started = _checkedAt = time.GetTimestamp();
        _wokeAt = _started - time.TimestampFrequency * (long)Silence.TotalSeconds;
        _timer = time.CreateTimer(_ => Check(), null, Interval, Interval);
    }

    /// <summary>How long a message was under way, as far as can be told; never negative.</summary>
    /// <param name="sender">Who sent it; null where it does not say.</param>
    /// <param name="sent">When, by the sender's clock.</param>
    /// <param name="lifetime">How long its broker keeps it at most; null where it may wait for any time, so that nothing is learnt from its waiting.</param>
    public TimeSpan Age(Sender? sender, DateTimeOffset sent, TimeSpan? lifetime)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            var difference = SteadyNow(now) - sent;
            if (sender is not { } known)
            {
                return Uncertain(difference);
            }

            if (!_senders.TryGetValue(known, out var clock))
            {
                if (lifetime is null && difference >= TimeSpan.Zero)
                {
                    return Uncertain(difference);
                }

                MakeRoom();
                // What waited too long to be a first message is one that the broker has dropped.
                _senders[known] = new SenderClock(difference, now);
                return TimeSpan.Zero;
            }

            if (lifetime is not null || difference < clock.Ahead)
            {
                // The broker would have dropped it: one of the clocks was set. Where this process stood still, it was taken before, and waited here.
                if (difference - clock.Ahead > lifetime && !WasAsleep(now))
                {
                    clock.Restart(difference, now);
                }
                else
                {
                    clock.Learn(difference, now, _time);
                }
            }

            var age = difference - clock.Ahead;
            return age > TimeSpan.Zero ? age : TimeSpan.Zero;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    // This process's clock as it was at the start, and steady since then, so that setting it changes nothing that was learnt.
    private DateTimeOffset SteadyNow(long now) => _startedAt + _time.GetElapsedTime(_started, now);

    private TimeSpan Uncertain(TimeSpan difference)
    {
        var age = difference - (_follower?.Ahead ?? TimeSpan.Zero) - Tolerance;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    // A process that was stopped, or its machine, finds what came meanwhile long after the broker gave it away.
    private bool WasAsleep(long now)
    {
        if (_time.GetElapsedTime(_checkedAt, now) > 1.5 * Interval)
        {
            _wokeAt = now;
        }

        return _time.GetElapsedTime(_wokeAt, now) < 10 * Interval;
    }

    private void MakeRoom()
    {
        if (_senders.Count >= MaxSenders)
        {
            _senders.Remove(_senders.MinBy(pair => pair.Value.LastAt).Key);
        }
    }

    private void Check()
    {
        (Sender Sender, TimeSpan Ahead, bool IsSettled)[] differences;
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            WasAsleep(now);
            _checkedAt = now;
            // By how much this process's clock was set since the start.
            var set = _time.GetUtcNow() - SteadyNow(now);
            differences =
            [
                .. _senders.Where(pair => _time.GetElapsedTime(pair.Value.LastAt, now) < Silence && pair.Value.IsSure(3, Interval, _time))
                    .Select(pair => (pair.Key, pair.Value.Ahead + set, pair.Value.IsSure(5, 5 * Interval, _time))),
            ];
        }

        foreach (var kind in differences.GroupBy(one => one.Sender.Kind))
        {
            Meters.ClockDifference(kind.Key, kind.MaxBy(one => one.Ahead.Duration()).Ahead);
        }

        if (_follower is not null)
        {
            _follower.Ahead = AheadOfGateways([.. differences.Where(one => one is { Sender.Kind: Sender.Gateway, IsSettled: true }).Select(one => one.Ahead)]);
        }

        Tell(differences.Length == 0 ? default : differences.MaxBy(one => one.Ahead.Duration()));
    }

    // The median, of two in the middle the smaller one: one gateway among others, or one of two, moves nobody's clock.
    private static TimeSpan AheadOfGateways(TimeSpan[] differences)
    {
        if (differences.Length == 0)
        {
            return TimeSpan.Zero;
        }

        Array.Sort(differences);
        var (low, high) = (differences[(differences.Length - 1) / 2], differences[differences.Length / 2]);
        var median = low.Duration() < high.Duration() ? low : high;
        return median.Duration() > Limit && median.Duration() <= MaxFollowed ? median : TimeSpan.Zero;
    }

    private void Tell((Sender Sender, TimeSpan Ahead, bool IsSettled) worst)
    {
        _isNoted = worst.Ahead.Duration() > (_isNoted ? Over : Limit);
        if (_isNoted)
        {
            var seconds = worst.Ahead.Duration().TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
            var side = worst.Ahead > TimeSpan.Zero ? "behind" : "ahead of";
            _conditions.Note(ConditionName, $"the clock of {worst.Sender} is {seconds} s {side} the one of {Environment.MachineName}/{Environment.ProcessId}");
        }
        else
        {
            _conditions.Clear(ConditionName);
        }
    }
}
