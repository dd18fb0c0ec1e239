using Coinsphere.Messaging.Hosting;

namespace Coinsphere.Messaging.Worker.Prices;

/// <summary>Notes that a source does not answer, and asks it again until it does: who reads next may come much later, or find another worker.</summary>
internal sealed class SourceWatch(string name, Conditions conditions, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private int _isAway;

    /// <summary>It has answered.</summary>
    public void Answered()
    {
        if (Volatile.Read(ref _isAway) == 1 && Interlocked.Exchange(ref _isAway, 0) == 1)
        {
            conditions.Clear(name);
        }
    }

    /// <summary>It did not answer.</summary>
    /// <param name="text">What is wrong.</param>
    /// <param name="read">What failed, to be tried again.</param>
    public void Failed(string text, Func<Task> read)
    {
        conditions.Note(name, text);
        if (Interlocked.Exchange(ref _isAway, 1) == 0)
        {
            _ = AskAgainAsync(read);
        }
    }

    private async Task AskAgainAsync(Func<Task> read)
    {
        while (true)
        {
            await Task.Delay(Interval, time);
            if (Volatile.Read(ref _isAway) == 0)
            {
                return;
            }

            try
            {
                await read();
                Answered();
            }
            catch (Exception failure) when (PricesAwayException.IsCausedBy(failure))
            {
                // Still so.
            }
            catch (PriceDataException)
            {
                // An answer, though not of use.
                Answered();
            }
            catch (ObjectDisposedException)
            {
                // The process ends.
                return;
            }
        }
    }
}
