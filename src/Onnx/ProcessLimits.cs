using System.Runtime.InteropServices;

namespace Coinsphere.Messaging.Onnx;

/// <summary>Limits that the system holds a process to, where it is Linux; elsewhere whoever started it looks at what it takes.</summary>
internal static partial class ProcessLimits
{
    private const int Cpu = 0;
    private const int Data = 2;
    private const int Core = 4;

    /// <summary>Limits this process for good.</summary>
    public static void Set(int seconds, int megabytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Set(Cpu, (ulong)seconds);
        Set(Data, (ulong)megabytes * 1_000_000);
        Set(Core, 0);
    }

    private static void Set(int kind, ulong most)
    {
        var limit = new Limit(most, most);
        if (SetLimit(kind, in limit) != 0)
        {
            throw new InvalidOperationException($"The limit {kind} of this process could not be set to {most}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int kind, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(ulong Now, ulong Most);
}
