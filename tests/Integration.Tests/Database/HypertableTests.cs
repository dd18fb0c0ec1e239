using Coinsphere.Messaging.Worker.Storage;
using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Database;

/// <summary>
/// A server that offers TimescaleDB, whatever comes of it. The extension itself is not here: a view offers it, an entry of the catalog
/// makes it installed, and a function stands in for <c>create_hypertable</c>.
/// </summary>
public sealed class HypertableTests : IAsyncLifetime
{
    private readonly ListLogger<Migrator> _log = new();
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync("create schema stand_in; create view stand_in.pg_available_extensions as select 'timescaledb'::name as name");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task ExtensionThatCannotBeCreated_LeavesAPlainTable()
    {
        await MigrateAsync();

        await AssertMigratedAsync();
        Assert.Contains(
            _log.Lines(),
            text => text.Contains(
                "price_data is a plain table: TimescaleDB is available but cannot be used, extension \"timescaledb\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CreateHypertableThatFails_LeavesAPlainTable()
    {
        await InstallAsync("create table half (n int); raise exception 'no licence for this';");

        await MigrateAsync();

        await AssertMigratedAsync();
        Assert.Null(await _database.ValueAsync<string>("select to_regclass('half')::text"));
        Assert.Contains(_log.Lines(), text => text.Contains("TimescaleDB is available but cannot be used, no licence for this", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CreateHypertable_IsAskedForThePricesOnce()
    {
        await InstallAsync("create table asked as select relation, time_column, chunk_time_interval;");

        await MigrateAsync();
        await MigrateAsync();

        await AssertMigratedAsync();
        Assert.Equal(
            """{"relation": "price_data", "time_column": "time", "chunk_time_interval": "90 days"}""",
            await _database.RowsAsync("select * from asked"));
        Assert.Contains("price_data is a TimescaleDB hypertable", _log.Lines());
    }

    private async Task MigrateAsync()
    {
        // Names are looked up in the stand-in's schema before the catalog.
        var path = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { SearchPath = "public, stand_in, pg_catalog" };
        await using var source = NpgsqlDataSource.Create(path.ConnectionString);
        await new Migrator(source, Migration.Embedded, _log).ApplyAsync(TestContext.Current.CancellationToken);
    }

    private async Task AssertMigratedAsync()
    {
        Assert.Equal(Migration.Embedded.Count, await _database.ValueAsync<int>("select count(*) from coinsphere_migrations"));
        Assert.Equal(0, await _database.ValueAsync<int>("select count(*) from tokens, price_data, predictions"));
    }

    private Task InstallAsync(string createHypertable) => _database.ExecuteAsync($"""
        set allow_system_table_mods = on;
        update pg_extension set extname = 'timescaledb' where extname = 'plpgsql';
        reset allow_system_table_mods;
        create function stand_in.create_hypertable(relation regclass, time_column name, chunk_time_interval interval) returns void language plpgsql
        as $$ begin {createHypertable} end $$
        """);
}
