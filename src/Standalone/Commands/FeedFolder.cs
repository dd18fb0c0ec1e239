namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>The folder of fetched prices where none is configured, of the command and of the service: both find each other's files.</summary>
internal static class FeedFolder
{
    public const string Default = "prices";

    /// <summary>Whether a configuration has a feed and says nowhere to store its bars.</summary>
    public static bool IsNeeded(IConfiguration configuration) =>
        !string.IsNullOrWhiteSpace(configuration["Feed:Source"]) && !string.Equals(configuration["Feed:Source"], "None", StringComparison.OrdinalIgnoreCase)
        && IsNowhere(configuration);

    /// <summary>Whether neither a folder nor a database is configured.</summary>
    public static bool IsNowhere(IConfiguration configuration) =>
        string.IsNullOrWhiteSpace(configuration["Prices:Folder"]) && string.IsNullOrWhiteSpace(configuration["Prices:Database"]);
}
