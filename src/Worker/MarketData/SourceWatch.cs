using Coinsphere.Messaging.Hosting.Health;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>Notes that a source does not answer, and asks it again until it does: who reads next may come much later, or find another worker.</summary>
internal sealed class SourceWatch(string name, Conditions conditions, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile bool _isAway;
    private bool _isAskedAgain;

    /// <summary>It has answered.</summary>
    public void Answered()
    {
        if (_isAway)
        {
            _isAway = false;
            conditions.Clear(name);
        }
    }

    /// <summary>It did not answer.</summary>
    /// <param name="text">What is wrong.</param>
    /// <param name="read">What failed, to be tried again.</param>
    public void Failed(string text, Func<Task> read)
    {
        conditions.Note(name, text);
        lock (_lock)
        {
            _isAway = true;
            // However often it comes and goes, it is asked by one.
            if (_isAskedAgain)
            {
                return;
            }

            _isAskedAgain = true;
        }

        _ = AskAgainAsync(read);
    }

    private async Task AskAgainAsync(Func<Task> read)
    {
        while (true)
        {
            await Task.Delay(Interval, time);
            lock (_lock)
            {
                if (!_isAway)
                {
                    _isAskedAgain = false;
                    return;
                }
            }

            try
            {
                await read();
                Answered();
            }
            catch (InvalidMarketDataException)
            {
                // An answer, though not of use.
                Answered();
            }
            catch (ObjectDisposedException)
            {
                // The process ends.
                return;
            }
            catch (Exception)
            {
                // Still so; whoever reads for an answer says why not.
            }
        }
    }
}
