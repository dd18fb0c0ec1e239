using System.Net;
using System.Net.Sockets;
using Coinsphere.Messaging.Integration.Tests.Prices;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Storage;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Database;

public sealed class IdleConnectionTests : IAsyncLifetime
{
    private const int Callers = 30;
    private const string Others = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";

    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task ConnectionsThatTheServerClosedWhileIdle_CostNoCallerItsAnswer()
    {
        await using var worker = await DatabaseWorker.StartAsync(_database);
        await worker.Services.GetRequiredService<PriceWriter>()
            .WriteAsync("BTC", SyntheticSeries.Generate("BTC", new(2024, 6, 30)), DateTimeOffset.UnixEpoch, Cancel);
        var (prices, records) = (worker.Services.GetRequiredService<IPriceSource>(), worker.Services.GetRequiredService<RecordReader>());
        var pool = worker.Services.GetRequiredService<NpgsqlDataSource>();
        for (var round = 0; round < 2; round++)
        {
            await FillAsync(pool);
            Assert.InRange(await _database.ValueAsync<int>($"select count(pg_terminate_backend(pid)) {Others}"), Callers, 1000);
            await _database.UntilAsync($"select count(*) = 0 {Others}");

            // A read that failed would be a 503.
            await Task.WhenAll(Enumerable.Range(0, Callers / 3).SelectMany(i => new Task[]
            {
                prices.ReadAsync("BTC", new DateOnly(2024, 6, 1 + i), 90, Cancel).AsTask(),
                prices.ReadLatestAsync(["BTC"], Cancel).AsTask(),
                records.HistoryAsync(new("BTC", 5), Cancel),
            }));
        }
    }

    [Fact]
    public async Task ServerThatIsAway_IsNotAskedTwice()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var away = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={((IPEndPoint)listener.LocalEndpoint).Port};Username=nobody;SSL Mode=Disable;GSS Encryption Mode=Disable");

        var read = away.ReadAsync(connection => connection.QueryAsync<int>("select 1"), Cancel);
        using (await listener.AcceptTcpClientAsync(Cancel))
        {
            // It takes the connection, and closes it.
        }

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => read);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task ReadThatFailsOtherwise_RunsOnce()
    {
        var runs = 0;
        var failure = await Assert.ThrowsAsync<PostgresException>(() => _database.Source.ReadAsync(
            connection =>
            {
                runs++;
                return connection.QueryAsync<int>("select 1 / 0");
            }, Cancel));

        Assert.Equal(("22012", 1), (failure.SqlState, runs));
    }

    // So many are idle in the pool afterwards.
    private static async Task FillAsync(NpgsqlDataSource pool)
    {
        var connections = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => pool.OpenConnectionAsync(Cancel).AsTask()));
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }
    }
}
