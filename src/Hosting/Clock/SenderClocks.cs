using System.Globalization;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Telemetry;

namespace Coinsphere.Messaging.Hosting.Clock;

/// <summary>
/// Estimates how far senders' clocks differ from this process's, from the times in their messages. A difference is a note of readiness and a metric.
/// The age of a message is corrected by it.
/// </summary>
public sealed class SenderClocks : IDisposable
{
    /// <summary>The largest difference of clocks that is not reported.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>The name of the note.</summary>
    public const string ConditionName = "clock";

    // A reported difference is cleared only clearly below the limit; otherwise a value near the limit would be reported again and again.
    private static readonly TimeSpan Over = Limit * 0.8;

    // Beyond this it is unknown whose clock is right, and a sender's clock must not decide that a day is closed.
    private static readonly TimeSpan MaxFollowed = TimeSpan.FromMinutes(5);

    // The assumed difference of a clock that is not yet estimated.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    // A sender without messages for this long is no longer reported.
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

    /// <summary>Starts to estimate.</summary>
    /// <param name="time">The clock of this process.</param>
    /// <param name="conditions">Where a difference is noted.</param>
    /// <param name="follower">A clock that follows the gateways'; null where there is none.</param>
    public SenderClocks(TimeProvider time, Conditions conditions, ClusterClock? follower = null)
    {
        (_time, _conditions, _follower) = (time, conditions, follower);
        _startedAt = time.GetUtcNow();
        _started = _checkedAt = time.GetTimestamp();
        _wokeAt = _started - time.TimestampFrequency * (long)Silence.TotalSeconds;
        _timer = time.CreateTimer(_ => Check(), null, Interval, Interval);
    }

    /// <summary>The age of a message, as far as it is known; never negative.</summary>
    /// <param name="sender">The sender; null where the message does not name one.</param>
    /// <param name="sent">When it was sent, by the sender's clock.</param>
    /// <param name="lifetime">The longest time that the broker keeps it; null where there is no limit, so that nothing can be learnt from its age.</param>
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
                // A first message older than its lifetime: the broker would have dropped it, so the clocks differ.
                _senders[known] = new SenderClock(difference, now);
                return TimeSpan.Zero;
            }

            if (lifetime is not null || difference < clock.Ahead)
            {
                // The broker would have dropped it, so one of the clocks was set. Unless this process was suspended: the message was then received
                // earlier, and waited here.
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

    // This process's clock as at the start, running steadily since, so that setting the clock does not change the estimates.
    private DateTimeOffset SteadyNow(long now) => _startedAt + _time.GetElapsedTime(_started, now);

    private TimeSpan Uncertain(TimeSpan difference)
    {
        var age = difference - (_follower?.Ahead ?? TimeSpan.Zero) - Tolerance;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    // A process or machine that was suspended sees messages long after the broker delivered them.
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
            // How far this process's clock was set since the start.
            var set = _time.GetUtcNow() - SteadyNow(now);
            differences =
            [
                .. _senders.Where(pair => _time.GetElapsedTime(pair.Value.LastAt, now) < Silence && pair.Value.IsCertain(3, Interval, _time))
                    .Select(pair => (pair.Key, pair.Value.Ahead + set, pair.Value.IsCertain(5, 5 * Interval, _time))),
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

        Report(differences.Length == 0 ? default : differences.MaxBy(one => one.Ahead.Duration()));
    }

    // The median; of two in the middle the smaller one. So a single wrong gateway, or one of two, changes no worker's clock.
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

    private void Report((Sender Sender, TimeSpan Ahead, bool IsSettled) worst)
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
