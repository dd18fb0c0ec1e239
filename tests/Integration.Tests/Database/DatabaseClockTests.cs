namespace Coinsphere.Messaging.Integration.Tests.Database;

public sealed class DatabaseClockTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task WorkerWhoseClockIsBehindTheDatabases_SaysByHowMuch()
    {
        using var measured = new Measurements("coinsphere.clock.difference");
        await using var worker = await DatabaseWorker.StartAsync(_database);

        // Its clock stands still.
        await Until.True(() => measured["coinsphere.clock.difference{sender=database}"]
            .Any(ahead => Math.Abs(ahead - (worker.Time.GetUtcNow() - DateTimeOffset.UtcNow).TotalSeconds) < 120));
    }
}
