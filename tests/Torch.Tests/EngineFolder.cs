using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

namespace Coinsphere.Messaging.Torch.Tests;

/// <summary>The engine as its project puts it, beside these tests as it is beside a program.</summary>
internal static class EngineFolder
{
    public static string Path { get; } = System.IO.Path.Join(AppContext.BaseDirectory, "torch");

    [ModuleInitializer]
    internal static void LoadFromThere() => AssemblyLoadContext.Default.Resolving += (context, name) =>
        System.IO.Path.Join(Path, name.Name + ".dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
}
