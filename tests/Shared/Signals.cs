using System.Runtime.InteropServices;

namespace Coinsphere.Messaging.Tests;

/// <summary>Signals to other processes.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int process, int signal) => Assert.Equal(0, SendTo(process, signal));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendTo(int process, int signal);
}
