using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Storage;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>Records acts of commands, in the database or the records file that the server on this machine writes to.</summary>
internal static class CommandAudit
{
    /// <summary>Adds it to a command's host. Commands without prices of their own say so.</summary>
    public static void AddCommandAudit(this HostApplicationBuilder builder, bool hasPrices)
    {
        // Another source of settings would take away those that the command has set.
        builder.Configuration[RecordsOptions.FileKey] ??= Server.DefaultRecordsFile;
        if (!hasPrices)
        {
            builder.Configuration["Prices:Folder"] = "";
            builder.Configuration["Prices:AllowSynthetic"] = "true";
            builder.Services.AddPrices(builder.Configuration);
        }

        builder.Services.AddRecordsSource(builder.Configuration);
        builder.Services.AddAudit(builder.Configuration);
    }

    /// <summary>Records an act of whoever runs the command.</summary>
    public static Task WriteAsync(this AuditLog audit, string act, string symbol, string outcome) =>
        audit.WriteAsync(new AuditEntry(CallerHeader.CommandLine, act, symbol, outcome), CancellationToken.None);
}
