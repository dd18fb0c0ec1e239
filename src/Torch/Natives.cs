using System.Runtime.InteropServices;

namespace Coinsphere.Messaging.Torch;

/// <summary>
/// Loads PyTorch's native library before TorchSharp does. Where TorchSharp's own loading fails, it reports another cause and copies the library to
/// other places.
/// </summary>
internal static class Natives
{
    private const string Platforms = "linux-x64, win-x64, win-arm64 and osx-arm64";

    /// <summary>Loads the libraries of this project's output.</summary>
    /// <exception cref="DllNotFoundException">One is missing or cannot be loaded; the message says in one line why, and what to do.</exception>
    public static void Load() => Load(Path.GetDirectoryName(typeof(Natives).Assembly.Location)!, RuntimeInformation.RuntimeIdentifier);

    internal static void Load(string folder, string platform)
    {
        foreach (var library in Libraries(platform))
        {
            var path = Path.Join(folder, library);
            if (!File.Exists(path))
            {
                throw new DllNotFoundException($"{library} is not in {folder}, expected what a build or publish of src/Torch on {platform} puts there");
            }

            try
            {
                NativeLibrary.Load(path);
            }
            catch (Exception fault) when (fault is DllNotFoundException or BadImageFormatException)
            {
                throw new DllNotFoundException($"{path} cannot be loaded: {Cause(fault.Message, library)}{Remedy(platform)}", fault);
            }
        }
    }

    // In the order in which they depend on each other; libraries that are not listed are loaded by these from the same folder.
    private static string[] Libraries(string platform) => platform switch
    {
        "linux-x64" => ["libtorch_cpu.so", "libLibTorchSharp.so"],
        "win-x64" or "win-arm64" => ["torch_cpu.dll", "LibTorchSharp.dll"],
        "osx-arm64" => ["libtorch_cpu.dylib", "libLibTorchSharp.dylib"],
        _ => throw new DllNotFoundException($"TorchSharp has no native library for {platform}, only for {Platforms}; Models:Engine=managed runs everywhere"),
    };

    // The loader has a line for each place it searched; the line about the file itself is the cause.
    private static string Cause(string message, string library)
    {
        var lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Skip(1).FirstOrDefault(line => !line.Contains($"{library}: cannot open shared object file", StringComparison.Ordinal)) ?? lines[0];
    }

    private static string Remedy(string platform) => platform switch
    {
        "linux-x64" => "; it needs glibc 2.34 and the libstdc++ of GCC 12 or later (Debian 12, Ubuntu 24.04; package libstdc++6)",
        "win-x64" or "win-arm64" => "; it needs Microsoft's Visual C++ Redistributable",
        _ => "",
    };
}
