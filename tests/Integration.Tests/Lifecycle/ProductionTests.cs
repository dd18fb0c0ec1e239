using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>What a host that is called production does not start with.</summary>
[Collection(RunsAlone.Name)]
public sealed class ProductionTests(LiveBroker live)
{
    private static readonly (string, string) Production = ("ENVIRONMENT", "production");

    [Theory]
    [InlineData("Worker")]
    [InlineData("Gateway")]
    public async Task PublishedPasswordOfTheBroker_EndsTheProcessWithALine(string name)
    {
        var user = name.ToLowerInvariant();
        var output = await EndedAsync(name, live.Server.Url(user), Production);

        Assert.Contains(
            $"Cannot run: RABBITMQ_URL: user '{user}' of the broker has a password that is published with this project, expected another in production, or "
            + "ENVIRONMENT=development",
            output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("-development@", output, StringComparison.Ordinal);
    }

    // nothing listens there, and nothing has to
    [Theory]
    [InlineData("DATABASE_URL", "postgresql://coinsphere:password@127.0.0.1:1/coinsphere_dev", "DATABASE_URL: user 'coinsphere' of the database has")]
    [InlineData("Redis__Password", "redis-development", "Redis__Password: user 'default' of Redis has")]
    public async Task PublishedPasswordOfAnotherServer_EndsTheProcessWithALine(string variable, string value, string why) => Assert.Contains(
        $"Cannot run: {why} a password that is published with this project",
        await EndedAsync("Worker", "amqp://worker:one-of-our-own@127.0.0.1:1/coinsphere", Production, ("REDIS_HOST", "127.0.0.1"), (variable, value)),
        StringComparison.Ordinal);

    // ENVIRONMENT is not set: the broker of another machine is no developer's
    [Fact]
    public async Task PublishedPasswordOfAnotherMachine_EndsTheProcessByDefault() => Assert.Contains(
        "Cannot run: RABBITMQ_URL: user 'worker' of the broker has a password that is published",
        await EndedAsync("Worker", "amqp://worker:worker-development@broker.invalid/coinsphere"),
        StringComparison.Ordinal);

    [Fact]
    public async Task OwnPassword_Starts()
    {
        await live.Server.ControlAsync("change_password", "worker", "one-of-our-own");
        try
        {
            var url = live.Server.Url("worker").Replace("worker-development", "one-of-our-own", StringComparison.Ordinal);
            await using var worker = await ServiceProcess.StartWorkerAsync(
                url, Production, ("DATABASE_URL", new NpgsqlConnectionStringBuilder(TestServers.Postgres).ConnectionString), ("Database__ReadOnly", "true"));
        }
        finally
        {
            await live.Server.ControlAsync("change_password", "worker", "worker-development");
        }
    }

    private static async Task<string> EndedAsync(string name, string url, params (string, string)[] settings)
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(async () => await (name == "Worker"
            ? ServiceProcess.StartWorkerAsync(url, settings)
            : (Task)ServiceProcess.StartGatewayAsync(url, settings)));
        Assert.Contains("ended with 1 ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", fault.Message, StringComparison.Ordinal);
        return fault.Message;
    }
}
