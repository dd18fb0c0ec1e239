namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>Who makes a request: what limits and shares are counted by.</summary>
/// <param name="Id">The caller's address; the network of it (/64) with IPv6, where one machine has many addresses.</param>
/// <param name="Name">A name for people, or null.</param>
/// <param name="IsLoopback">Whether the caller is on the gateway's own machine.</param>
internal sealed record Caller(string Id, string? Name, bool IsLoopback)
{
    /// <summary>The gateway itself, and whatever has no address, such as a test's server.</summary>
    public static Caller Own { get; } = new("own", null, IsLoopback: true);
}

internal static class CallerOfRequest
{
    /// <summary>The caller of a request.</summary>
    public static Caller Caller(this HttpContext http) => http.RequestServices.GetRequiredService<CallerAddresses>().Of(http.Connection.RemoteIpAddress);
}
