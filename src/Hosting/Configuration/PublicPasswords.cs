using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>A server that this process logs in to.</summary>
/// <param name="Key">The setting that holds the password.</param>
/// <param name="Server">What it is, such as <c>the broker</c>.</param>
/// <param name="Host">Its name or address.</param>
/// <param name="User">The user.</param>
/// <param name="Password">The password; null where there is none.</param>
public sealed record ServerLogin(string Key, string Server, string Host, string? User, string? Password)
{
    /// <summary>Whether everybody knows the password.</summary>
    public bool HasPublicPassword => Password is { } password && PublicPasswords.Contains(password);

    /// <summary>Whether the server runs on this machine, or is reached by a socket file.</summary>
    public bool IsLocal => Host.Split(',').All(host => host is "" or "localhost" || host[0] == '/' || IsLoopback(host.Trim('[', ']')));

    private static bool IsLoopback(string host) => IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);
}

/// <summary>Passwords that everybody can read: those of this repository and of RabbitMQ's own <c>guest</c>. Production does not start with one.</summary>
public static class PublicPasswords
{
    /// <summary>RabbitMQ's first administrator, and its password.</summary>
    public const string Guest = "guest";

    private const string Development = "-development";

    private static readonly string[] Known = ["password", "postgres", Guest];

    /// <summary>Whether everybody knows it.</summary>
    public static bool Contains(string password) =>
        Known.Contains(password, StringComparer.Ordinal) || password.EndsWith(Development, StringComparison.Ordinal);

    /// <summary>The logins of a host.</summary>
    public static IEnumerable<ServerLogin> Logins(IServiceProvider services) =>
        services.GetServices<Func<ServerLogin?>>().Select(login => login()).OfType<ServerLogin>();
}

/// <summary>
/// Ends the start of a production host that would log in with a public password: one that <c>ENVIRONMENT</c> calls production, or one that is production by
/// default and whose server is on another machine.
/// </summary>
internal sealed class PasswordCheck(IServiceProvider services, IHostEnvironment environment) : IHostedLifecycleService
{
    // After the options are validated, before anything logs in.
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var isSaid = !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(SpecifiedEnvironment.NameVariable));
        return environment.IsProduction()
            && PublicPasswords.Logins(services).FirstOrDefault(login => login.HasPublicPassword && (isSaid || !login.IsLocal)) is { } login
            ? throw new SettingException($"{login.Key}: user '{login.User}' of {login.Server} has a password that is published with this project, "
                + $"expected another in production, or {SpecifiedEnvironment.NameVariable}=development")
            : Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
