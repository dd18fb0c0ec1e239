using System.Net;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Coinsphere.Messaging.Standalone.Commands.Doctor;

/// <summary>
/// The hardening checklist of docs/hardening.md, item by item, for the settings that the hosts have here. What a network needs and a laptop does not, so that
/// <c>doctor</c> alone does not ask for it.
/// </summary>
internal sealed class ProductionChecks(IServiceProvider services, IConfiguration configuration, IHostEnvironment environment)
{
    private static readonly string[] Listening = ["Gateway", "Metrics"];
    private static readonly TimeSpan LoginLimit = TimeSpan.FromSeconds(3);

    /// <summary>The items, in the order of the document.</summary>
    public IReadOnlyList<Check> All =>
    [
        Item("environment", Environment),
        Item("passwords", Passwords),
        new("guest", GuestAsync),
        Item("broker-tls", BrokerTls),
        Item("redis-login", RedisLogin),
        new("redis-anonymous", RedisAnonymousAsync),
        Item("redis-tls", RedisTls),
        Item("cache-secret", CacheSecret),
        Item("database-tls", DatabaseTls),
        new("database-role", DatabaseRoleAsync),
        Item("callers", Callers),
        Item("hosts", Hosts),
        Item("addresses", Addresses),
        Item("error-details", ErrorDetails),
        Item("invented-prices", InventedPrices),
    ];

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken) =>
        [.. (await Task.WhenAll(All.Select(check => check.RunAsync(cancellationToken)))).SelectMany(findings => findings)];

    private static Check Item(string name, Action<Check> run) => new(name, (check, _) =>
    {
        run(check);
        return Task.CompletedTask;
    });

    private void Environment(Check check) => Holds(
        check, environment.IsProduction(), "it is production", $"it is {environment.EnvironmentName.ToLowerInvariant()}", "set ENVIRONMENT=production");

    private void Passwords(Check check)
    {
        var wrong = Logins().Where(login => login.HasPublicPassword).ToList();
        wrong.ForEach(login => check.Fault(
            $"user '{login.User}' of {login.Server} has a password that is published with this project",
            $"set another there, and in {SettingNames.AsGiven(login.Key)}"));
        if (wrong.Count == 0)
        {
            check.Ok("none is one of this project's repository");
        }
    }

    private async Task GuestAsync(Check check, CancellationToken cancellationToken)
    {
        if (Broker() is not { } url)
        {
            check.Ok("no broker is configured");
            return;
        }

        var guest = new UriBuilder(url) { UserName = PublicPasswords.Guest, Password = PublicPasswords.Guest, Path = "%2F" }.Uri;
        var fault = await new BrokerLogin(guest, Hosting.Messaging.BrokerTls.Certificate(configuration, url)).FindFaultAsync(LoginLimit, cancellationToken);
        switch (fault)
        {
            case null:
                check.Fault($"RabbitMQ {url.Host} lets guest in, its first administrator, whose password everybody knows", "rabbitmqctl delete_user guest");
                break;
            case { IsRefusal: true }:
                check.Ok($"RabbitMQ {url.Host} refuses guest from here");
                break;
            default:
                check.Fault($"not checked: {fault.Text}", "start the broker, or correct RABBITMQ_URL");
                break;
        }
    }

    private void BrokerTls(Check check)
    {
        if (Broker() is not { } url)
        {
            check.Ok("no broker is configured");
            return;
        }

        Encrypted(
            check,
            MessageBus.Login(url),
            Hosting.Messaging.BrokerTls.IsSecure(url),
            "use amqps:// in RABBITMQ_URL, and RabbitMq:TlsAuthority for a private authority");
    }

    private void RedisLogin(Check check) => WithRedis(check, redis => Holds(
        check,
        !string.IsNullOrEmpty(redis.User) && !string.IsNullOrEmpty(redis.Password),
        $"Redis {redis.Address} is asked as user '{redis.User}'",
        $"Redis {redis.Address} is asked {(string.IsNullOrEmpty(redis.Password) ? "without a login" : "as its default user, who may do everything")}",
        "make a user with the rights of docs/hardening.md, and set Redis:User and Redis:Password"));

    private async Task RedisAnonymousAsync(Check check, CancellationToken cancellationToken)
    {
        var redis = services.GetRequiredService<IOptions<RedisOptions>>().Value;
        if (!redis.Enabled)
        {
            check.Ok("no Redis is configured");
            return;
        }

        var answered = await RedisProbe.AnswersAnyoneAsync(redis, cancellationToken);
        Holds(
            check,
            !answered,
            $"Redis {redis.Address} answers nobody without a login",
            $"Redis {redis.Address} answers anyone",
            "redis-cli ACL SETUSER default off");
    }

    private void RedisTls(Check check) => WithRedis(
        check, redis => Encrypted(check, redis.Login, redis.Tls, "set Redis:Tls=true, and Redis:TlsAuthority for a private authority"));

    private void CacheSecret(Check check) => WithRedis(check, _ => Holds(
        check,
        !string.IsNullOrWhiteSpace(configuration["Cache:Secret"]),
        "cached answers are sealed with Cache:Secret",
        "whoever may write to Redis may write answers",
        "set Cache:Secret to the same random text in every gateway and worker: openssl rand -hex 32"));

    private void DatabaseTls(Check check) => WithDatabase(check, connection => Encrypted(
        check,
        new ServerLogin("Prices:Database", "the database", connection.Host ?? "", connection.Username, null),
        connection.SslMode is SslMode.VerifyFull,
        "add ?sslmode=verify-full to DATABASE_URL, and sslrootcert=FILE for a private authority"));

    private async Task DatabaseRoleAsync(Check check, CancellationToken cancellationToken)
    {
        if (Database() is not { } connection)
        {
            check.Ok("no database is configured");
            return;
        }

        try
        {
            await using var opened = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellationToken);
            var isSuper = await opened.ExecuteScalarAsync<bool>(new CommandDefinition(
                "select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = current_user", cancellationToken: cancellationToken));
            Holds(
                check,
                !isSuper,
                $"role '{connection.Username}' has no rights beyond its database",
                $"role '{connection.Username}' administers the whole server",
                $"alter role {connection.Username} nosuperuser nocreaterole nocreatedb, or another role");
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or IOException)
        {
            check.Fault($"not checked: {DatabaseFaults.Describe(services.GetRequiredService<NpgsqlDataSource>(), fault)}", "start it, or correct DATABASE_URL");
        }
    }

    private void Callers(Check check) => Holds(
        check,
        configuration["Auth:Required"] is "true" or "True" || IsSet("Auth:KeysFile") || IsSet("Auth:Jwt:Authority"),
        "callers need a key or a token",
        "anyone who reaches the gateway may ask",
        "set Auth:Required=true, and make keys with './run keys add NAME'");

    private void Hosts(Check check) => Holds(
        check,
        IsSet("AllowedHosts") ? configuration["AllowedHosts"] != "*" : IsLocal("Gateway"),
        $"the gateway is asked as {(IsSet("AllowedHosts") ? configuration["AllowedHosts"] : "localhost")}",
        "AllowedHosts names no host, so that a page of any name may be made to ask the gateway",
        "set AllowedHosts to the names by which callers know the gateway, separated by semicolons");

    private void Addresses(Check check)
    {
        var open = Listening.Where(section => !IsLocal(section)
            && (section == "Gateway" || configuration["Metrics:Port"] is { Length: > 0 } and not "0")).ToArray();
        foreach (var section in open)
        {
            check.Note(
                $"{section}:Host is {configuration[$"{section}:Host"]}: everyone who reaches this machine reaches it, in plain HTTP",
                section == "Metrics" ? "let only the collector of metrics reach it" : "let only a proxy with TLS reach it, or serve https: docs/hardening.md");
        }

        if (open.Length == 0)
        {
            check.Ok("only programs of this machine reach gateway and metrics");
        }
    }

    private void ErrorDetails(Check check) => Holds(
        check,
        configuration["Gateway:ShowErrorDetails"] is not ("true" or "True") && !environment.IsDevelopment(),
        "errors do not show their cause to callers",
        "errors show their cause, with the service's insides, to callers",
        "leave Gateway:ShowErrorDetails out, and set ENVIRONMENT=production");

    private void InventedPrices(Check check) => Holds(
        check,
        !services.GetRequiredService<IOptions<PricesOptions>>().Value.AllowSynthetic,
        "where there are no prices there are no answers",
        "where there are no prices they are invented, which every answer says",
        "leave Prices:AllowSynthetic out, and set ENVIRONMENT=production");

    private static void Holds(Check check, bool holds, string what, string open, string remedy)
    {
        if (holds)
        {
            check.Ok(what);
        }
        else
        {
            check.Fault(open, remedy);
        }
    }

    private static void Encrypted(Check check, ServerLogin login, bool isEncrypted, string remedy) => Holds(
        check,
        isEncrypted || login.IsLocal,
        isEncrypted ? $"the connection to {login.Host} is encrypted, and its certificate checked" : $"{login.Host} is on this machine",
        $"the connection to {login.Host} is not encrypted, or takes any certificate",
        remedy);

    private void WithRedis(Check check, Action<RedisOptions> run)
    {
        var redis = services.GetRequiredService<IOptions<RedisOptions>>().Value;
        if (redis.Enabled)
        {
            run(redis);
        }
        else
        {
            check.Ok("no Redis is configured");
        }
    }

    private void WithDatabase(Check check, Action<NpgsqlConnectionStringBuilder> run)
    {
        if (Database() is { } connection)
        {
            run(connection);
        }
        else
        {
            check.Ok("no database is configured");
        }
    }

    private NpgsqlConnectionStringBuilder? Database() =>
        services.GetRequiredService<IOptions<PricesOptions>>().Value.Database is { } text && DatabaseUrl.TryConvert(text, out var connection, out _)
            ? connection
            : null;

    private Uri? Broker() => IsSet("RabbitMq:Url") ? MessageBus.RabbitMqUrl(configuration) : null;

    // The standalone host, whose settings these are, has no broker; what is configured of one is the other hosts'.
    private IEnumerable<ServerLogin> Logins() =>
        [.. PublicPasswords.Logins(services), .. Broker() is { } url ? [MessageBus.Login(url)] : Array.Empty<ServerLogin>()];

    private bool IsLocal(string section) =>
        new ServerLogin("", "", configuration[$"{section}:Host"] is { Length: > 0 } host ? host : "127.0.0.1", null, null).IsLocal;

    private bool IsSet(string key) => !string.IsNullOrWhiteSpace(configuration[key]);
}
