using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Coinsphere.Messaging.Hosting.Web;

/// <summary>Where a process is configured to listen, in the order in which the server takes it.</summary>
public static class ListenAddresses
{
    /// <summary>The addresses: of Kestrel's section, else <c>ASPNETCORE_URLS</c>, else the host of the process's own section.</summary>
    /// <param name="configuration">The process's.</param>
    /// <param name="section">Its section, with the key <c>Host</c>.</param>
    public static IReadOnlyList<string> Of(IConfiguration configuration, string section)
    {
        string[] endpoints = [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>()];
        if (endpoints.Length > 0)
        {
            return endpoints;
        }

        var urls = configuration[WebHostDefaults.ServerUrlsKey]?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return urls.Length > 0 ? urls : [$"http://{configuration[$"{section}:Host"] ?? "127.0.0.1"}"];
    }

    /// <summary>The first address that other machines can reach; null where there is none.</summary>
    public static string? Reachable(IEnumerable<string> addresses) => addresses.FirstOrDefault(address => !IsLoopback(address));

    /// <summary>Whether a host is this machine's own.</summary>
    public static bool IsLoopbackHost(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    // A socket of the file system is protected by its folder.
    private static bool IsLoopback(string address)
    {
        try
        {
            return BindingAddress.Parse(address) is var binding && (binding.IsUnixPipe || binding.IsNamedPipe || IsLoopbackHost(binding.Host));
        }
        catch (FormatException)
        {
            // The server says what is wrong with it.
            return true;
        }
    }
}
