using System.Globalization;

namespace Coinsphere.Messaging.Load;

/// <summary>CPU time, user and system, as Linux counts it.</summary>
internal static class ProcessorTime
{
    // The unit of /proc is 1/100 s on every Linux that .NET runs on.
    private const double MillisecondsPerTick = 10;

    // Of the line "cpu user nice system idle iowait irq softirq steal ...": what is neither idle nor waiting for a disk nor another machine's.
    private static readonly int[] Busy = [1, 2, 3, 6, 7];

    /// <summary>Milliseconds of a process and of all it started: PostgreSQL serves each connection by a process of its own.</summary>
    public static double OfTree(int root)
    {
        var processes = new List<(int Id, int Parent, long Own, long Ended)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && Read(id) is { } process)
            {
                processes.Add((id, process.Parent, process.Own, process.Ended));
            }
        }

        return MillisecondsPerTick * Sum(root);

        long Sum(int id) => processes.Where(process => process.Id == id).Sum(process => process.Own + process.Ended)
            + processes.Where(process => process.Parent == id).Sum(process => Sum(process.Id));
    }

    /// <summary>Milliseconds that the machine's processors were at work.</summary>
    public static double OfMachine()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return MillisecondsPerTick * Busy.Sum(i => long.Parse(fields[i], CultureInfo.InvariantCulture));
    }

    private static (int Parent, long Own, long Ended)? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            // The name, in parentheses, may hold anything. After it: state, parent, ..., utime and stime (14th and 15th of all), those of ended children.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return ((int)Number(1), Number(11) + Number(12), Number(13) + Number(14));

            long Number(int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return null;
        }
    }
}
