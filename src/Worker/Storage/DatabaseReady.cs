using Coinsphere.Messaging.Worker.MarketData.Postgres;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Whether the database has its tables. What writes waits for it, so that messages that come before stay in their queue.</summary>
internal sealed class DatabaseReady(TimeProvider time)
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for as long as it takes.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>Waits for so long at most.</summary>
    /// <exception cref="DatabaseUnavailableException">The tables are not there yet.</exception>
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
