namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>Work that one process of the cluster does at a time, and another one soon after that process has ended.</summary>
internal static class OneAtATime
{
    /// <summary>How soon another process takes over from one that was killed, and how often the work makes sure that it is not taken over.</summary>
    public static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(10);

    /// <summary>Runs the work whenever this process may, until it is cancelled.</summary>
    /// <param name="whileMine">Runs the work while this process is the one; returns at once where another one is.</param>
    /// <param name="mayTryAgain">Whether the work can be tried again after a failure.</param>
    /// <param name="lost">Called once for failures in a row.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(
        Func<CancellationToken, Task> whileMine, Predicate<Exception> mayTryAgain, Action<Exception> lost, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var isLost = false;
        while (true)
        {
            try
            {
                await whileMine(cancellationToken);
                isLost = false;
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested && mayTryAgain(failure))
            {
                if (!isLost)
                {
                    lost(failure);
                }

                isLost = true;
            }

            await Task.Delay(TakeOver, time, cancellationToken);
        }
    }
}
