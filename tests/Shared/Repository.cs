namespace Coinsphere.Messaging.Tests;

/// <summary>The files that are not built.</summary>
internal static class Repository
{
    /// <summary>The project's root folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The checkpoints that the project ships.</summary>
    public static string Checkpoints { get; } = Path.Combine(Root, "models", "checkpoints");

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Coinsphere.Messaging.sln")))
        {
            folder = Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException($"there is no Coinsphere.Messaging.sln above {AppContext.BaseDirectory}");
        }

        return folder;
    }
}
