using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Integration.Tests.Messaging;
using Coinsphere.Messaging.Integration.Tests.Records;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Database;

/// <summary>A database that answers and takes no rows, with a worker as its own user on a broker.</summary>
public sealed class UnwritableDatabaseTests(Broker broker) : IClassFixture<Broker>, IAsyncLifetime
{
    private readonly string _user = $"worker_{Guid.NewGuid():N}";
    private TestDatabase _database = null!;
    private IHost _worker = null!;
    private ServiceProvider _publisher = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Conditions Conditions => _worker.Services.GetRequiredService<Conditions>();

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await TestDatabase.OnServer($"create role {_user} login password 'right'; alter database {_database.Name} owner to {_user}");
        await _database.ExecuteAsync($"alter schema public owner to {_user}");
        var own = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = _user, Password = "right" };
        _worker = await broker.StartWorkerAsync(database: own.ConnectionString);
        await _worker.Services.GetRequiredService<DatabaseReady>().WaitAsync(Cancel);
        _publisher = await broker.StartPublisherAsync(Broker.Prices);
        await PublishAsync(100, "before");
        await RowsAsync("before", 100);
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.StopAsync();
        _worker.Dispose();
        await _publisher.DisposeAsync();
        await _database.DisposeAsync();
        await TestDatabase.OnServer($"drop role {_user}");
    }

    [Theory]
    [InlineData(
        "alter database {0} set default_transaction_read_only = on",
        "alter database {0} reset default_transaction_read_only",
        "25006, cannot execute ")]
    [InlineData("alter role {1} password 'other'", "alter role {1} password 'right'", "28P01, password authentication failed")]
    [InlineData("alter role {1} nologin", "alter role {1} login", "28000, role ")]
    [InlineData("revoke connect on database {0} from public, {1}", "grant connect on database {0} to {1}", "42501, permission denied")]
    public async Task WhatIsToBeWritten_WaitsForIt_AndReadinessSaysSo(string spoil, string heal, string note)
    {
        await OnServerAsync(spoil);
        await OnServerAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{0}' and usename = '{1}'");

        await PublishAsync(115, "meanwhile");
        await PublishBarAsync(62_500);
        await Until.True(() => Conditions.Notes.Any(
            text => text.Contains("prediction-records: " + note, StringComparison.Ordinal) && text.Contains("price-bars: " + note, StringComparison.Ordinal)),
            () => $"a note with {note} of both, not {string.Join("; ", Conditions.Notes)}");
        await OnServerAsync(heal);

        await RowsAsync("meanwhile", 115);
        await _database.UntilAsync("select exists (select from price_data where close = 62500)");
        await Until.True(() => Conditions.Notes.Count == 0, "no note any more");
        Assert.Null(await broker.TryTakeAsync("prediction-records_error"));
        Assert.Null(await broker.TryTakeAsync("price-bars_error"));
    }

    [Fact]
    public async Task DiskThatIsFull_IsWaitedForLongerThanAFaultOfTheRow()
    {
        // A sequence counts also what is rolled back.
        await _database.ExecuteAsync("""
            create sequence tries; grant all on sequence tries to public;
            create function full_disk() returns trigger language plpgsql as $$
            begin perform nextval('tries'); raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
            create trigger full_disk before insert or update on price_data for each row execute function full_disk();
            """);

        await PublishBarAsync(62_600);
        await _database.UntilAsync("select last_value >= 5 from tries");
        Assert.Contains(Conditions.Notes, text => text.Contains("price-bars: 53100, could not extend file", StringComparison.Ordinal));
        await _database.ExecuteAsync("drop trigger full_disk on price_data");

        await _database.UntilAsync("select exists (select from price_data where close = 62600)");
        Assert.Null(await broker.TryTakeAsync("price-bars_error"));
    }

    [Fact]
    public async Task RowsThatTheServerDoesNotTake_HoldNoOthersUp()
    {
        await _database.ExecuteAsync("""
            create function poison() returns trigger language plpgsql as $$
            begin
                if new.id = 'held-1' then raise exception 'this one waits' using errcode = '53100'; end if;
                if new.id = 'bad-1' then raise exception 'this one is bad'; end if;
                return new;
            end $$;
            create trigger poison before insert on predictions for each row execute function poison();
            """);

        using var parked = new Counters("coinsphere.parked");
        await PublishAsync(1, "held");
        await PublishAsync(1, "bad");
        await PublishAsync(60, "sound");
        await RowsAsync("sound", 60);
        await Until.True(() => parked.Sum == 1, "it is counted");
        Assert.Contains("bad-1", System.Text.Encoding.UTF8.GetString((await broker.TakeAsync("prediction-records_error")).Body.Span), StringComparison.Ordinal);
        await _database.ExecuteAsync("drop trigger poison on predictions");
        await RowsAsync("held", 1);
    }

    private Task OnServerAsync(string sql) =>
        TestDatabase.OnServer(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, _database.Name, _user));

    // As the worker sends what it has predicted.
    private Task PublishAsync(int count, string ids) => Task.WhenAll(Enumerable.Range(1, count)
        .Select(i => _worker.Services.GetRequiredService<IBus>().RecordAsync(new PredictionCompleted(Predictions.Answer("BTC", $"{ids}-{i}")))));

    private Task PublishBarAsync(double close) => _publisher.GetRequiredService<IBus>()
        .Publish(new PriceBarClosed("BTC", new(2024, 6, 30), 62_000, 63_000, 61_000, close, 1234.5, 1.23e12) { Correction = "a test" }, Cancel);

    private Task RowsAsync(string ids, int count) => _database.UntilAsync($"select count(*) = {count} from predictions where id like '{ids}-%'");
}
