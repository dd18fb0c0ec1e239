namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>
/// When a failed delivery is tried again: after 5 seconds, then after four times as long each time, up to 4 hours, each 20 % shorter or longer at random.
/// What a receiver asks for counts where it is later. It is kept in the table, so that restarts change nothing.
/// </summary>
internal static class RetrySchedule
{
    /// <summary>How long an alert is tried to be posted.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromDays(1);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(4);
    private const double Jitter = 0.2;

    /// <param name="tries">How many tries have failed, from 1.</param>
    /// <param name="since">When the alert was raised.</param>
    /// <param name="now">When the last try failed.</param>
    /// <param name="retryAfter">What the receiver asks for.</param>
    /// <param name="random">0..1.</param>
    /// <returns>When to try again; null where the time is up.</returns>
    public static DateTimeOffset? Next(long tries, DateTimeOffset since, DateTimeOffset now, TimeSpan? retryAfter, double random)
    {
        // Eight steps are past the longest.
        var pause = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(4, Math.Min(tries - 1, 8)));
        var next = now + TimeSpan.FromSeconds(pause * (1 - Jitter + (2 * Jitter * random)));
        if (retryAfter is { } asked && asked > TimeSpan.Zero)
        {
            // The last try is as late as possible, not left out.
            var end = since + Limit;
            var later = asked >= Limit ? end : now + asked;
            next = later > end && now < end ? end : later > next ? later : next;
        }

        return next <= since + Limit ? next : null;
    }
}
