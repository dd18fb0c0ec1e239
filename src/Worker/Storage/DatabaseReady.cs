using Coinsphere.Messaging.Worker.Consumers;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Whether the database has its tables. What writes waits for it, so that messages that come before stay in their queue.</summary>
internal sealed class DatabaseReady(TimeProvider time)
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for as long as it takes.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>Waits for as long as a message's try may take.</summary>
    /// <exception cref="DatabaseUnavailableException">It is not there yet.</exception>
    public async Task WaitShortlyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _ready.Task.WaitAsync(RetryUntilAvailable.TryLimit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new DatabaseUnavailableException();
        }
    }

    public void Set() => _ready.TrySetResult();
}

/// <summary>The database was not there since this worker started.</summary>
internal sealed class DatabaseUnavailableException() : Exception("the database has not been there since this worker started");
