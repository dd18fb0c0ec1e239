using System.Globalization;

namespace Coinsphere.Messaging.Tests;

/// <summary>Where ./test has started its private servers.</summary>
internal static class TestServers
{
    /// <summary>An Npgsql connection string of a role that may create databases.</summary>
    public static string Postgres => Require("COINSPHERE_TEST_POSTGRES");

    /// <summary>The AMQP URL of a broker's administrator, without a virtual host.</summary>
    public static string RabbitMq => Require("COINSPHERE_TEST_RABBITMQ");

    /// <summary>A command that administers that broker.</summary>
    public static string RabbitMqCtl => Require("COINSPHERE_TEST_RABBITMQCTL");

    /// <summary>The port of a Redis on 127.0.0.1 that all tests share: keep to a prefix of your own.</summary>
    public static int RedisPort => int.Parse(Require("COINSPHERE_TEST_REDIS").Split(':')[1], CultureInfo.InvariantCulture);

    // Not skipped: a run without servers would look green.
    private static string Require(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"{variable} is not set: these tests need the private servers that ./test starts, run ./test Integration");
}
