using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Database;

public sealed class MigratorTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task EmptyDatabase_GetsEveryTableOnce()
    {
        await Migrator().ApplyAsync(Cancel);
        var first = await _database.RowsAsync("select * from coinsphere_migrations order by name");
        await Migrator().ApplyAsync(Cancel);

        // A table is a line.
#pragma warning disable RCS0056
        Assert.Equal(
            """
            coinsphere_alert_deliveries: alert_id target rule_id state tries next_at created_at last_error
            coinsphere_alert_rules: id symbol condition threshold class timeframe quiet_minutes webhook secret is_stopped created_at
            coinsphere_alert_states: rule_id symbol is_armed last seen_at raised_at watched_low watched_high watched_from watched_until
            coinsphere_alert_versions: name version
            coinsphere_alerts: id rule_id symbol raised_at body
            coinsphere_audit: id at who act symbol outcome
            coinsphere_bar_versions: token_id last_day first_day version corrected_at synthetic
            coinsphere_corrections: id symbol day was became who at why
            coinsphere_key_versions: name version
            coinsphere_keys: id name scopes hash per_second concurrent created_at revoked_at
            coinsphere_migrations: name applied_at
            coinsphere_runs: name due_at finished_at
            predictions: id token_id timeframe predicted_price confidence model_version features created_at expires_at direction price_at_prediction target_price_range confidence_score model_type ensemble_method actual_price outcome_calculated_at was_correct accuracy_score price_error target_date
            price_data: time token_id open high low close volume
            sentiment: time symbol social_score sentiment_pos sentiment_neg
            tokens: id symbol name blockchain current_price market_cap volume_24h
            """,
            await _database.ValueAsync<string>("""
                select string_agg(line, chr(10) order by line) from (
                    select table_name || ': ' || string_agg(column_name, ' ' order by ordinal_position) as line
                    from information_schema.columns where table_schema = 'public' group by table_name) tables
                """));
#pragma warning restore RCS0056
        Assert.Equal(first, await _database.RowsAsync("select * from coinsphere_migrations order by name"));
    }

    [Fact]
    public async Task TablesOfTheOriginalSystem_StayAsTheyAre()
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        var before = await _database.RowsAsync(OriginalTables.Shape);

        await Migrator().ApplyAsync(Cancel);

        Assert.Equal(before, await _database.RowsAsync(OriginalTables.Shape));
        Assert.Equal(
            "0001_tables,0002_sentiment,0003_bar_versions,0004_synthetic_bars,0005_alerts,0006_schedule,0007_evidence,0008_keys",
            await _database.ValueAsync<string>("select string_agg(name, ',' order by name) from coinsphere_migrations"));
    }

    [Fact]
    public async Task OnlyWhatIsMissing_IsCreated()
    {
        await _database.ExecuteAsync("create table tokens (id text primary key, symbol text unique)");

        await Migrator().ApplyAsync(Cancel);

        Assert.Equal(2, await _database.ValueAsync<int>("select count(*) from information_schema.columns where table_name = 'tokens'"));
        Assert.Equal(0, await _database.ValueAsync<int>("select count(*) from predictions, price_data"));
    }

    [Fact]
    public async Task WorkersThatStartAtOnce_RunEachMigrationOnce()
    {
        Migration[] migrations =
        [
            new("1", "create table runs (n int); insert into runs values (1); select pg_sleep(0.2)"),
            new("2", "insert into runs values (2)"),
        ];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Migrator(migrations).ApplyAsync(Cancel), Cancel)));
        await Migrator([.. migrations, new("3", "insert into runs values (3)")]).ApplyAsync(Cancel);

        Assert.Equal("1,2,3", await _database.ValueAsync<string>("select string_agg(n::text, ',' order by n) from runs"));
    }

    [Fact]
    public async Task MigrationThatFails_LeavesNothing()
    {
        Migration[] migrations = [new("1", "create table half (n int)"), new("2", "this is no sql")];

        await Assert.ThrowsAsync<PostgresException>(() => Migrator(migrations).ApplyAsync(Cancel));

        Assert.Equal(0, await _database.ValueAsync<int>("select count(*) from information_schema.tables where table_schema = 'public'"));
    }

    [Fact]
    public async Task UserWhoMayOnlyRead_StartsWhereNothingIsToDo()
    {
        await Migrator().ApplyAsync(Cancel);
        var log = new ListLogger<Migrator>();
        await using var reader = await ReaderAsync();

        await new Migrator(reader, Migration.Embedded, log).ApplyAsync(Cancel);

        Assert.Contains(log.Lines(), text => text.Contains("has every migration", StringComparison.Ordinal));
        Assert.Contains(log.Lines(), text => text.Contains("may not write to tokens, price_data, predictions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task UserWhoMayOnlyRead_IsRefusedWhereSomethingIsToDo()
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        await using var reader = await ReaderAsync();

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(
            () => new Migrator(reader, Migration.Embedded, NullLogger<Migrator>.Instance).ApplyAsync(Cancel));

        Assert.Contains("Prices:Database (DATABASE_URL): user 'reader_", fault.Message, StringComparison.Ordinal);
        Assert.Contains("permission denied for schema public", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DatabaseThatIsAwayAtStart_IsMigratedWhenItIsThere()
    {
        await using var later = TestDatabase.Unmade();
        var ready = new DatabaseReady(TimeProvider.System);
        using var start = new DatabaseStart(
            new Migrator(later.Source, Migration.Embedded, NullLogger<Migrator>
                .Instance), ready, new Conditions(TimeProvider.System, NullLogger<Conditions>.Instance), TimeProvider.System);

        await start.StartAsync(Cancel);
        Assert.False(ready.WaitAsync(Cancel).IsCompleted);
        await later.MakeAsync();
        await ready.WaitAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        Assert.Equal(Migration.Embedded.Count, await later.ValueAsync<int>("select count(*) from coinsphere_migrations"));
        await start.StopAsync(Cancel);
    }

    private Migrator Migrator(IReadOnlyList<Migration>? migrations = null) =>
        new(_database.Source, migrations ?? Migration.Embedded, NullLogger<Migrator>.Instance);

    private async Task<NpgsqlDataSource> ReaderAsync()
    {
        var role = $"reader_{Guid.NewGuid():N}";
        await _database.ExecuteAsync($"create role {role} login password 's3cret' in role pg_read_all_data");
        return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = role, Password = "s3cret" });
    }
}
