using System.ComponentModel.DataAnnotations;

namespace Coinsphere.Messaging.Dashboard;

/// <summary>Section <c>Dashboard</c>: where a dashboard that is a process of its own listens.</summary>
internal sealed class DashboardOptions
{
    public const string Section = "Dashboard";

    /// <summary>Address to listen on; by default only this machine. <c>ASPNETCORE_URLS</c> overrides it and the port.</summary>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Port to listen on; <c>PORT</c> sets it.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; } = 8080;
}
