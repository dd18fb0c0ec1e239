using System.Runtime.InteropServices;

namespace Coinsphere.Messaging.Onnx;

/// <summary>Limits that the system holds a process to, where it is Linux; elsewhere whoever started it looks at what it takes.</summary>
internal static partial class ProcessLimits
{
    private const int Cpu = 0;
    private const int Data = 2;
    private const int Core = 4;
    private const int NotPermitted = 1;

    /// <summary>Limits this process for good.</summary>
    public static void Set(int seconds, int megabytes)
    {
        SetMemory(megabytes);
        Limit(Cpu, (ulong)seconds);
        // A crash leaves no file.
        Limit(Core, 0);
    }

    /// <summary>Limits what this process allocates: what is beyond fails, in native code too.</summary>
    public static void SetMemory(int megabytes) => Limit(Data, (ulong)megabytes * 1_000_000);

    private static void Limit(int kind, ulong most)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var limit = new Range(most, most);
        // Not permitted is to raise one: then there is a lower one.
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
