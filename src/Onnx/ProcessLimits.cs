using System.Runtime.InteropServices;

namespace Coinsphere.Messaging.Onnx;

/// <summary>Limits of a process that the operating system enforces, on Linux. Elsewhere the parent process watches time and memory.</summary>
internal static partial class ProcessLimits
{
    private const int Cpu = 0;
    private const int Data = 2;
    private const int Core = 4;
    private const int NotPermitted = 1;

    /// <summary>Limits this process permanently.</summary>
    public static void Set(int seconds, int megabytes)
    {
        SetMemory(megabytes);
        Limit(Cpu, (ulong)seconds);
        // A crash writes no core file.
        Limit(Core, 0);
    }

    /// <summary>Limits the memory of this process. A larger allocation fails, in native code too.</summary>
    public static void SetMemory(int megabytes) => Limit(Data, (ulong)megabytes * 1_000_000);

    private static void Limit(int kind, ulong most)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var limit = new Range(most, most);
        // Raising a limit is not permitted: then a lower one is already set.
        if (SetLimit(kind, in limit) != 0 && Marshal.GetLastPInvokeError() != NotPermitted)
        {
            throw new InvalidOperationException($"The limit {kind} of this process could not be set to {most}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int kind, in Range limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Range(ulong Now, ulong Most);
}
