using System.Diagnostics.Metrics;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.Storage;
using Coinsphere.Messaging.Worker.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coinsphere.Messaging.Worker.Tests.Records;

/// <summary>Predictions that wait for a file which cannot be written.</summary>
public sealed class WaitingRecordsTests : IAsyncLifetime
{
    private const int TooMany = 50;

    private readonly FileStore _store = new();
    private readonly MeterListener _listener = new();
    private long _lost;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "coinsphere.records.lost")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _lost, count));
        _listener.Start();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return _store.DisposeAsync();
    }

    [Fact]
    public async Task TooMany_AreLostAndCounted_AndTheOthersAreWrittenLater()
    {
        using var database = Database();
        using var records = new FileRecords(database, TimeProvider.System, NullLogger<FileRecords>.Instance);
        var before = Interlocked.Read(ref _lost);
        for (var i = 0; i < FileRecords.MaxWaiting + TooMany; i++)
        {
            await records.AddAsync(Answer(i), wasTried: false, isInMemory: true, Cancel);
        }

        Assert.InRange(Interlocked.Read(ref _lost) - before, TooMany, long.MaxValue);
        // A broker keeps its messages itself.
        await Assert.ThrowsAsync<RecordsFileException>(() => records.AddAsync(Answer(-1), wasTried: false, isInMemory: false, Cancel));

        await database.StartAsync(Cancel);
        await database.WaitUntilReadyAsync(Cancel);
        await records.StartAsync(Cancel);
        await _store.UntilAsync($"select count(*) = {FileRecords.MaxWaiting} from predictions");
        await records.StopAsync(Cancel);
        await database.StopAsync(Cancel);
    }

    [Fact]
    public async Task StopOfTheService_WritesWhatWaits()
    {
        using var database = Database();
        await database.StartAsync(Cancel);
        await database.WaitUntilReadyAsync(Cancel);
        using var records = new FileRecords(database, TimeProvider.System, NullLogger<FileRecords>.Instance);
        for (var i = 0; i < 600; i++)
        {
            await records.AddAsync(Answer(i), wasTried: false, isInMemory: true, Cancel);
        }

        await records.StopAsync(Cancel);
        await database.StopAsync(Cancel);

        Assert.Equal(600, await _store.ValueAsync<int>("select count(*) from predictions"));
        Assert.False(File.Exists(_store.File + "-wal"));
    }

    // A message of a broker is delivered again, so it must not be held here.
    [Fact]
    public async Task MessageOfABroker_FailsWhereTheFileDoes_AndIsNewOnce()
    {
        using var database = Database();
        await database.StartAsync(Cancel);
        await database.WaitUntilReadyAsync(Cancel);
        using var records = new FileRecords(database, TimeProvider.System, NullLogger<FileRecords>.Instance);
        await records.StartAsync(Cancel);
        Assert.True(await AddAsync(1));
        Assert.False(await AddAsync(1));

        await using (var other = _store.Open())
        {
            await Dapper.SqlMapper.ExecuteAsync(other, "begin immediate");
            Assert.True(database.IsUnavailable(await Assert.ThrowsAnyAsync<Exception>(() => AddAsync(2))));
        }

        Assert.True(await AddAsync(2));
        await records.StopAsync(Cancel);
        await database.StopAsync(Cancel);

        Task<bool> AddAsync(int number) => records.AddAsync(Answer(number), wasTried: false, isInMemory: false, Cancel);
    }

    [Fact]
    public async Task Lock_IsHeldByOneAtATime_InTwoServicesOnAFile()
    {
        using var one = Database();
        using var other = Database();
        foreach (var database in (SqliteRecordsDatabase[])[one, other])
        {
            await database.StartAsync(Cancel);
            await database.WaitUntilReadyAsync(Cancel);
        }

        Assert.True(await one.TryLockedAsync(ClusterLock.Scoring, async _ =>
        {
            Assert.False(await one.TryLockedAsync(ClusterLock.Scoring, _ => Task.CompletedTask, Cancel));
            Assert.False(await other.TryLockedAsync(ClusterLock.Scoring, _ => Task.CompletedTask, Cancel));
            Assert.True(await other.TryLockedAsync(ClusterLock.Retention, _ => Task.CompletedTask, Cancel));
        }, Cancel));
        Assert.True(await other.TryLockedAsync(ClusterLock.Scoring, _ => Task.CompletedTask, Cancel));
    }

    private SqliteRecordsDatabase Database() => new(
        new RecordsFile(_store.File, Migration.OfFile), new Conditions(TimeProvider.System, NullLogger<Conditions>.Instance), TimeProvider.System,
        NullLogger<SqliteRecordsDatabase>.Instance);

    private static PredictionAnswer Answer(int number) => Predictions.Answer("BTC", $"{number:x32}");
}
