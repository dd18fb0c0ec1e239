namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>Finds the known word that a mistyped one probably means: a setting, a command or an option.</summary>
internal static class NearestWord
{
    // With more differences it is another word, not a mistyped one.
    private const int MaxSlips = 2;

    /// <summary>The nearest of the words, in its own spelling; null where none is near.</summary>
    public static string? Of(string word, IEnumerable<string> words) => words
        .Select(other => (Word: other, Slips: Slips(word.ToUpperInvariant(), other.ToUpperInvariant())))
        .Where(other => other.Slips <= MaxSlips && other.Slips < other.Word.Length / 2)
        .OrderBy(other => other.Slips)
        .Select(other => other.Word)
        .FirstOrDefault();

    // The number of letters to add, remove, replace or swap with their neighbour (optimal string alignment).
    private static int Slips(string word, string other)
    {
        var rows = new int[word.Length + 1, other.Length + 1];
        for (var i = 0; i <= word.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var replaced = rows[i - 1, j - 1] + (word[i - 1] == other[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, replaced);
                if (i > 1 && j > 1 && word[i - 1] == other[j - 2] && word[i - 2] == other[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[word.Length, other.Length];
    }
}
