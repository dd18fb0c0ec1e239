using Coinsphere.Messaging.Hosting.Health;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>
/// Notes that a source does not answer, and retries in the background until it does. The next request may come much later, or reach another worker.
/// </summary>
internal sealed class SourceWatch(string name, Conditions conditions, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile bool _isUnavailable;
    private bool _isRetrying;

    /// <summary>The source has answered.</summary>
    public void Answered()
    {
        if (_isUnavailable)
        {
            _isUnavailable = false;
            conditions.Clear(name);
        }
    }

    /// <summary>The source did not answer.</summary>
    /// <param name="text">The reason, for readiness and log.</param>
    /// <param name="read">The read that failed, to be retried.</param>
    public void Failed(string text, Func<Task> read)
    {
        conditions.Note(name, text);
        lock (_lock)
        {
            _isUnavailable = true;
            // One retry loop is enough, however often the source fails.
            if (_isRetrying)
            {
                return;
            }

            _isRetrying = true;
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
                if (!_isUnavailable)
                {
                    _isRetrying = false;
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
                // A refused or invalid answer is an answer too.
                Answered();
            }
            catch (ObjectDisposedException)
            {
                // The process is stopping.
                return;
            }
            catch (Exception)
            {
                // Still unavailable. Requests report the reason themselves.
            }
        }
    }
}
