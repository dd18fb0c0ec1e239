using System.Runtime.InteropServices;

namespace Coinsphere.Messaging.Faults.Tests;

/// <summary>Puts what was measured into a page, between the two comments that name the section: <c>COINSPHERE_TEST_REPORT</c> says which page.</summary>
internal static class Report
{
    public static async Task WriteAsync(string section, string text)
    {
        if (Environment.GetEnvironmentVariable("COINSPHERE_TEST_REPORT") is not { Length: > 0 } path)
        {
            return;
        }

        path = Path.Combine(Repository.Root, path);
        var page = await File.ReadAllTextAsync(path);
        var (from, to) = ($"<!-- {section} -->\n", $"<!-- end of {section} -->");
        var start = page.IndexOf(from, StringComparison.Ordinal) + from.Length;
        var end = page.IndexOf(to, StringComparison.Ordinal);
        Assert.True(start >= from.Length && end >= start, $"{path} has no section {section}");
        var machine = $"{Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}, {DateTime.UtcNow:yyyy-MM-dd}";
        await File.WriteAllTextAsync(path, $"{page[..start]}\nMeasured on {machine}.\n\n{text.Trim()}\n\n{page[end..]}");
    }
}
