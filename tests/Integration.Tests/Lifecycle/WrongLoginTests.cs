using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>Servers that refuse a login: at the start it ends the process with a line, later it is waited out.</summary>
[Collection(RunsAlone.Name)]
public sealed class WrongLoginTests(LiveBroker live)
{
    [Theory]
    [InlineData("Worker", "amqp://worker:s3cret@127.0.0.1:PORT/coinsphere", "refuses user 'worker' or its password (ACCESS_REFUSED")]
    [InlineData("Gateway", "amqp://gateway:s3cret@127.0.0.1:PORT/coinsphere", "refuses user 'gateway' or its password (ACCESS_REFUSED")]
    [InlineData(
        "Worker",
        "amqp://worker:worker-development@127.0.0.1:PORT/nope",
        "refuses user 'worker' the virtual host (NOT_ALLOWED - vhost nope not found)")]
    [InlineData("Gateway", "amqp://gateway:gateway-development@127.0.0.1:PORT", "refuses user 'gateway' the virtual host (NOT_ALLOWED - vhost / not found)")]
    public async Task RefusedByTheBroker_EndsTheProcessWithALine(string name, string url, string why)
    {
        var output = await EndedAsync(name, url.Replace("PORT", $"{live.Server.Port}", StringComparison.Ordinal));
        Assert.Contains($"Cannot run: RABBITMQ_URL: 127.0.0.1:{live.Server.Port} {why}", output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DATABASE_URL")]
    [InlineData("Prices__Database")]
    public async Task RefusedByTheDatabase_EndsTheProcessWithALine(string variable)
    {
        var connection = new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Password = "s3cret" };
        var output = await EndedAsync("Worker", live.Server.Url(Broker.Worker), (variable, connection.ConnectionString));
        Assert.Contains(
            $"Cannot run: {variable}: database 'postgres' on 127.0.0.1:{connection.Port} refuses user 'tests' (28P01",
            output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PasswordThatTurnsWrong_IsAReasonUntilItIsRightAgain()
    {
        var broker = live.Server;
        await using var worker = await ServiceProcess.StartWorkerAsync(broker.Url(Broker.Worker));
        await broker.ControlAsync("change_password", "worker", "another");
        try
        {
            await broker.ControlAsync("close_all_connections", "--vhost", "coinsphere", "test");
            await Until.True(() => worker.Output.Contains("broker: ", StringComparison.Ordinal), "the worker tells of it");
            await Until.True(() => !File.Exists(worker.HealthFile), "the worker is not healthy");
        }
        finally
        {
            await broker.ControlAsync("change_password", "worker", "worker-development");
        }

        await Until.True(
            () => File.Exists(worker.HealthFile) && worker.Output.Contains("broker has recovered", StringComparison.Ordinal),
            "the worker is healthy");
        Assert.Contains("refuses user 'worker' or its password", worker.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", worker.Output, StringComparison.Ordinal);
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
