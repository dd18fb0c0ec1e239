using System.Net.Sockets;
using System.Text;
using Npgsql;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Faults.Tests;

/// <summary>Something that breaks in a running system, and how it is mended.</summary>
/// <param name="Name">What breaks.</param>
/// <param name="Lasts">How long it stays broken.</param>
/// <param name="BeginAsync">Breaks it, and returns what mends it.</param>
internal sealed record Fault(string Name, TimeSpan Lasts, Func<RunningSystem, Task<Func<Task>>> BeginAsync)
{
    /// <summary>Every fault.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("a worker killed", TimeSpan.FromSeconds(2), async system =>
        {
            await system.KillWorkerAsync(0);
            return system.AddWorkerAsync;
        }),
        new("a worker frozen", TimeSpan.FromSeconds(5), system =>
        {
            var worker = system.Workers[0];
            worker.Pause();
            return Mend(worker.Resume);
        }),
        new("the broker killed", TimeSpan.FromSeconds(1), async system =>
        {
            await system.Broker.KillAsync();
            return system.Broker.StartAsync;
        }),
        new("the broker frozen", TimeSpan.FromSeconds(4), system =>
        {
            system.Broker.Pause();
            return Mend(system.Broker.Resume);
        }),
        new("the broker in memory alarm", TimeSpan.FromSeconds(5), async system =>
        {
            await system.Broker.ControlAsync("set_vm_memory_high_watermark", "0.0000001");
            return () => system.Broker.ControlAsync("set_vm_memory_high_watermark", "0.4");
        }),
        new("Redis killed", TimeSpan.FromSeconds(5), async system =>
        {
            await system.Redis.KillAsync();
            return system.Redis.StartAsync;
        }),
        new("Redis frozen", TimeSpan.FromSeconds(5), system =>
        {
            system.Redis.Pause();
            return Mend(system.Redis.Resume);
        }),
        new("Redis emptied", TimeSpan.Zero, async system =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", system.Redis.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("FLUSHALL\r\n"));
            return Nothing;
        }),
        new("the database's connections closed", TimeSpan.Zero, async system =>
        {
            await OnServerAsync(system, Terminate(system));
            return Nothing;
        }),
        new("the database read-only", TimeSpan.FromSeconds(8), async system =>
        {
            await OnServerAsync(system, $"alter database {NameOf(system)} set default_transaction_read_only = on; {Terminate(system)}");
            return () => OnServerAsync(system, $"alter database {NameOf(system)} reset default_transaction_read_only; {Terminate(system)}");
        }),
        new("the database refusing connections", TimeSpan.FromSeconds(5), async system =>
        {
            await OnServerAsync(system, $"alter database {NameOf(system)} allow_connections false; {Terminate(system)}");
            return () => OnServerAsync(system, $"alter database {NameOf(system)} allow_connections true");
        }),
        new("the table of predictions locked", TimeSpan.FromSeconds(8), async system =>
        {
            var connection = await system.Database.Source.OpenConnectionAsync();
            await new NpgsqlCommand("begin; lock table predictions", connection).ExecuteNonQueryAsync();
            return async () =>
            {
                await new NpgsqlCommand("rollback", connection).ExecuteNonQueryAsync();
                await connection.DisposeAsync();
            };
        }),
        new("a subscriber's queue full", TimeSpan.FromSeconds(10), async system =>
        {
            var connection = await new ConnectionFactory { Uri = new Uri(system.Broker.Url(Broker.Dashboard)) }.CreateConnectionAsync();
            var channel = await connection.CreateChannelAsync();
            await channel.QueueDeclareAsync(
                "client.dashboard.full", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> {
                    ["x-max-length"] = 1,
                    ["x-overflow"] = "reject-publish" });
            await channel.QueueBindAsync("client.dashboard.full", "Coinsphere.Messaging.Contracts:PredictionCompleted", "");
            return async () =>
            {
                await channel.QueueDeleteAsync("client.dashboard.full");
                await connection.DisposeAsync();
            };
        }),
        new("broadcasts that nobody can read", TimeSpan.Zero, async system =>
        {
            await using var connection = await new ConnectionFactory { Uri = new Uri(system.Broker.Url(Broker.Worker)) }.CreateConnectionAsync();
            await using var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
            foreach (var message in (string[])["ModelsReported", "ModelUpdated"])
            {
                foreach (var body in (string[])[
                    "no JSON", """{"symbol":5,"symbols":5}""",
                    """{"messageType":["urn:message:Coinsphere.Messaging.Contracts:ModelsReported"],"message":{"worker_id":[],"symbols":"BTC"}}"""])
                {
                    await channel.BasicPublishAsync(
                        $"Coinsphere.Messaging.Contracts:{message}",
                        "",
                        mandatory: false,
                        new BasicProperties { ContentType = "application/vnd.masstransit+json" },
                        Encoding.UTF8.GetBytes(body));
                }
            }

            return Nothing;
        }),
    ];

    private static Task Nothing() => Task.CompletedTask;

    private static Task<Func<Task>> Mend(Action mend) => Task.FromResult<Func<Task>>(() =>
    {
        mend();
        return Task.CompletedTask;
    });

    private static string Terminate(RunningSystem system) =>
        $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{NameOf(system)}' and pid <> pg_backend_pid()";

    private static string NameOf(RunningSystem system) => new NpgsqlConnectionStringBuilder(system.Database.ConnectionString).Database!;

    // In the server's own database: the one at fault may take no connection.
    private static async Task OnServerAsync(RunningSystem system, string sql)
    {
        var server = new NpgsqlConnectionStringBuilder(system.Database.ConnectionString) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        foreach (var statement in sql.Split("; "))
        {
            await new NpgsqlCommand(statement, connection).ExecuteNonQueryAsync();
        }

        // Those of this test are ended too.
        system.Database.Source.Clear();
    }
}
