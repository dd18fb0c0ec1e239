using System.Reflection;
using System.Runtime.Loader;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Lstm;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// The engines that compute checkpoints: this program's own kernels, or PyTorch's library by TorchSharp, whose build lies in its own folder beside
/// the program.
/// </summary>
internal static class Engines
{
    public const string Torch = ModelsReported.Torch;

    private const string TorchAssembly = "Coinsphere.Messaging.Torch";

    private static readonly string TorchFolder = Path.Join(AppContext.BaseDirectory, Torch);

    // A process loads native libraries once.
    private static readonly Lazy<IEngine> TorchEngine = new(LoadTorch);

    /// <summary>The engine of a name.</summary>
    /// <exception cref="DllNotFoundException">A library is missing; the message names it in one line.</exception>
    public static IEngine Load(string name) => name == Torch ? TorchEngine.Value : new ManagedEngine();

    private static IEngine LoadTorch()
    {
        var path = Path.Join(TorchFolder, TorchAssembly + ".dll");
        if (!File.Exists(path))
        {
            throw new DllNotFoundException(
                $"this build does not contain it, {TorchFolder} is missing: start with Models__Engine=torch ./run, or add it by dotnet publish src/Torch -c "
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

    // Its packages are loaded separately. Assemblies shared with this program, the interface above all, come from this program.
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

/// <summary>Stops the start where the engine cannot be loaded, before any time is spent on training.</summary>
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
