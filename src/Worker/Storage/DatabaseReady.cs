using Coinsphere.Messaging.Worker.MarketData.Postgres;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Whether the database has its tables. Writers wait for it, so that messages that arrive earlier stay in their queue.</summary>
internal sealed class DatabaseReady(TimeProvider time)
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits without a limit.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>Waits for at most a time limit.</summary>
    /// <exception cref="DatabaseUnavailableException">The tables are not ready yet.</exception>
    public async Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await _ready.Task.WaitAsync(limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new DatabaseUnavailableException();
        }
    }

    public void Set() => _ready.TrySetResult();
}
