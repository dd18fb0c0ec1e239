using System.Reflection;
using System.Runtime.Loader;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Lstm;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// What computes checkpoints: this program's own kernels, or PyTorch's library by TorchSharp, whose build lies in a folder of its own beside the program.
/// </summary>
internal static class Engines
{
    public const string Torch = ModelsReported.Torch;

    private const string TorchAssembly = "Coinsphere.Messaging.Torch";

    private static readonly string TorchFolder = Path.Join(AppContext.BaseDirectory, Torch);

    // A process loads native libraries once.
    private static readonly Lazy<IEngine> TorchEngine = new(LoadTorch);

    /// <summary>The engine of that name.</summary>
    /// <exception cref="DllNotFoundException">What it needs is not there; the message says what in a line.</exception>
    public static IEngine Load(string name) => name == Torch ? TorchEngine.Value : new ManagedEngine();

    private static IEngine LoadTorch()
    {
        var path = Path.Join(TorchFolder, TorchAssembly + ".dll");
        if (!File.Exists(path))
        {
            throw new DllNotFoundException(
                $"this build is without it, {TorchFolder} is missing: start with Models__Engine=torch ./run, or add it by dotnet publish src/Torch -c "
                    + $"Release -o {TorchFolder}");
        }

        var engine = new EngineContext(path).LoadFromAssemblyPath(path).GetType(TorchAssembly + ".TorchEngine", throwOnError: true)!;
        return (IEngine)Activator.CreateInstance(
            engine,
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions,
            binder: null,
            args: null,
            culture: null)!;
    }

    // Its packages are its own; what it has in common with this program, the interface above all, is this program's.
    private sealed class EngineContext(string path) : AssemblyLoadContext(TorchAssembly)
    {
        private readonly AssemblyDependencyResolver _dependencies = new(path);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name != typeof(IEngine).Assembly.GetName().Name && _dependencies.ResolveAssemblyToPath(assemblyName) is { } found
                ? LoadFromAssemblyPath(found)
                : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _dependencies.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
    }
}

/// <summary>Stops the start of whatever uses models where the engine cannot be loaded, before a training has been for nothing.</summary>
internal sealed class EngineValidator : IValidateOptions<ModelsOptions>
{
    public ValidateOptionsResult Validate(string? name, ModelsOptions options)
    {
        try
        {
            Engines.Load(options.Engine);
            return ValidateOptionsResult.Success;
        }
        catch (DllNotFoundException fault)
        {
            return ValidateOptionsResult.Fail($"Models:Engine is '{options.Engine}': {fault.Message}");
        }
    }
}
