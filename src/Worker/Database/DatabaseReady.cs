namespace Coinsphere.Messaging.Worker.Database;

/// <summary>Whether the database has its tables. What writes waits for it, so that messages that come before stay in their queue.</summary>
internal sealed class DatabaseReady
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    public void Set() => _ready.TrySetResult();
}
